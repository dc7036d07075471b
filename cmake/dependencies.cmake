# The libraries, as imported targets cc::yajl, cc::seccomp and cc::cap: static archives for a static
# runtime, shared ones otherwise.
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAJL REQUIRED yajl)
pkg_check_modules(SECCOMP REQUIRED libseccomp)
pkg_check_modules(CAP REQUIRED libcap)

function(cc_library name shared archive)
  add_library(cc::${name} INTERFACE IMPORTED)
  if(CC_STATIC)
    find_library(CC_ARCHIVE_${name} NAMES ${archive} REQUIRED)
    target_link_libraries(cc::${name} INTERFACE ${CC_ARCHIVE_${name}})
  else()
    target_link_libraries(cc::${name} INTERFACE ${shared})
  endif()
endfunction()

cc_library(yajl yajl libyajl_s.a)
cc_library(seccomp seccomp libseccomp.a)
cc_library(cap cap libcap.a)
