#include "cmake/CompilerTestHeaders.h"
