# One set for gcc and clang, all of them errors: a warning that may be ignored is noise.
add_compile_options(
  -Wall -Wextra -Werror
  -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wimplicit-fallthrough -Wpointer-arith -Wwrite-strings -Wundef
  -Wold-style-definition -Wno-missing-field-initializers)
add_compile_definitions(_GNU_SOURCE)
include_directories(${CMAKE_SOURCE_DIR})
