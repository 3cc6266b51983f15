// What nearly every test of the compiler needs, precompiled once.
#pragma once
#include "cmake/MLIRHeaders.h"
#include "cmake/TestHeaders.h"
