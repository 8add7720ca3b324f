/* A target of headers alone needs a source. */
#include "turbojpeg_calls.h"
