#pragma once
/// Functions that are compiled for several processors, of which the right one is chosen when the program starts.

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define HJNET_TARGET_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HJNET_TARGET_CLONES
#endif
