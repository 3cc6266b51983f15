#include "cmake/MLIRHeaders.h"
