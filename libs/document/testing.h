// For programs of tests that make documents; included by one file of each.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// Cairo 1.16 loses some hundred bytes with each font of a PDF; beside that, what the libraries of fonts and drawing
// keep until the process ends is no leak.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\nleak:libcairo\n"; }
#endif
#endif
