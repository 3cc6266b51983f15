#include "cmake/TestHeaders.h"
