// RUN: lmcc-opt %s --lmcc-fuse-qkv | FileCheck %s
