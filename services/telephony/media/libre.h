// libre and librem, included the way C++ needs them. Only .cpp files include this: libre's structs have short global names.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <ctime>

extern "C" {
#include <re/re.h>
#include <rem/rem.h>
}

// libre defines these as the integers 0 and 1, which changes what C++ deduces.
#undef false
#undef true
