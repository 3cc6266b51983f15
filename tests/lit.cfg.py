# Tests of IR: lit runs the RUN lines of .mlir files. lit.site.cfg.py, written by CMake,
# sets the folders and loads this file.
import os

import lit.formats

config.name = "weft"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.weft_exec_root
# weft-opt and FileCheck of this build, whatever else is installed.
config.environment["PATH"] = os.pathsep.join(
    [config.weft_tools, config.llvm_tools, config.environment["PATH"]]
)
