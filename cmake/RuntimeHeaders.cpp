#include "cmake/RuntimeHeaders.h"
