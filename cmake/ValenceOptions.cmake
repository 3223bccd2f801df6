# SPDX-License-Identifier: Apache-2.0
# Options, and the compile flags every target of ours links through `valence_options`.

option(VALENCE_BUILD_TESTING "Build the unit tests" ${PROJECT_IS_TOP_LEVEL})
option(VALENCE_BUILD_BENCH "Build the benchmarks" OFF)
option(VALENCE_WITH_PARQUET "Build valence-parquet, on Arrow C++ (cmake/ArrowParquet.cmake)" OFF)
option(VALENCE_WITH_GRPC "Build gRPC into valence (tools/install grpc)" OFF)
option(VALENCE_WERROR "Treat warnings as errors" OFF)
set(VALENCE_STATIC "" CACHE PATH "Link archives, also those in this folder (tools/static-libraries); empty: shared")
set(VALENCE_SANITIZE "" CACHE STRING "Sanitizers, separated by ';' (address;undefined or thread)")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

add_library(valence_options INTERFACE)
target_compile_options(
  valence_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wsign-conversion
            -Wold-style-cast
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wduplicated-cond
            -Wlogical-op
            -Wformat=2
            -Wundef
            # Parity with NumPy and equal bytes on every machine: no fused multiply-add behind our back.
            -ffp-contract=off)
if(VALENCE_WERROR)
  target_compile_options(valence_options INTERFACE -Werror)
endif()

# One section a function, so that a linker told to can leave out what nothing calls (libvalence.so and a static link do).
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-ffunction-sections -fdata-sections)
endif()

# Hardening (OpenSSF guide). The sanitizers bring checks of their own and dislike _FORTIFY_SOURCE.
if(VALENCE_SANITIZE)
  list(JOIN VALENCE_SANITIZE "," _sanitizers)
  add_compile_options(-fsanitize=${_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${_sanitizers})
else()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
  if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
endif()

if(VALENCE_STATIC)
  add_link_options(-static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,-z,pack-relative-relocs)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
