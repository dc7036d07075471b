# Hardening of every program, and the two ways to instrument it.
option(CC_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CC_FUZZ "Build the libFuzzer targets (clang)" OFF)
# A static runtime starts 0.35 ms sooner than one that loads its five libraries (tests/bench/README.md), needs nothing
# from the engine's LD_LIBRARY_PATH, and runs on every glibc.
option(CC_STATIC "Link closedclaw-runtime statically" OFF)

if(CC_SANITIZE OR CC_FUZZ)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  if(CC_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
else()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_definitions(_FORTIFY_SOURCE=2)
  endif()
endif()
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|i.86")
  set_property(DIRECTORY PROPERTY COMPILE_OPTIONS_REMOVE -fcf-protection)
endif()
