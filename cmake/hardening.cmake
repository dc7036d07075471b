# Hardening of every program, and the two ways to instrument it.
include(CheckCCompilerFlag)

option(CC_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CC_FUZZ "Build the libFuzzer targets (clang)" OFF)
# A static runtime starts 0.35 ms sooner than one that loads its five libraries (tests/bench/README.md), needs nothing
# from the engine's LD_LIBRARY_PATH, and runs on every glibc.
option(CC_STATIC "Link closedclaw-runtime statically" OFF)

# -fcf-protection is x86's, -mbranch-protection is aarch64's; clang 14 knows stack clash on some machines only.
function(cc_harden_where_supported)
  foreach(flag ${ARGN})
    string(MAKE_C_IDENTIFIER "CC_HAS${flag}" known)
    check_c_compiler_flag(${flag} ${known})
    if(${known})
      add_compile_options(${flag})
    endif()
  endforeach()
endfunction()

if(CC_SANITIZE OR CC_FUZZ)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  if(CC_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
else()
  add_compile_options(-fstack-protector-strong)
  cc_harden_where_supported(-fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|i.86")
    cc_harden_where_supported(-fcf-protection)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64")
    cc_harden_where_supported(-mbranch-protection=standard)
  endif()
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
  # Said outright, for not every compiler's default is PIE. Not with CMake's own check, which also adds -pie to a
  # -static-pie program: gcc then makes a dynamic one.
  if(NOT CC_STATIC)
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)
  endif()
  # Needs an optimiser. Undefined first, for some distributions' compilers define it themselves.
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT CMAKE_BUILD_TYPE STREQUAL "")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
endif()
