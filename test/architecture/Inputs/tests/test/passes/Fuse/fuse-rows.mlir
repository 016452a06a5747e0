// RUN: lmcc-opt %s --lmcc-fuse-rows-twice | FileCheck %s
