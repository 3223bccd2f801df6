# SPDX-License-Identifier: Apache-2.0
# Every third-party package, in one place. Each has one home library (docs/architecture.md, "Dependencies").

# VALENCE_STATIC: everything but the C library as archives. A start then binds the symbols of 3 shared libraries instead
# of 49, most of them libcurl's. Debian has no archives of five of them: tools/static-libraries makes those.
if(VALENCE_STATIC)
  list(PREPEND CMAKE_PREFIX_PATH "${VALENCE_STATIC}")
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(OPENSSL_USE_STATIC_LIBS ON)
endif()

find_package(Threads REQUIRED)
find_package(dragonbox REQUIRED) # headers only
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(CURL REQUIRED)
find_package(pugixml REQUIRED) # its archive: small, and one shared library less to start
find_package(LibArchive REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED) # CRC-32 of zip members
find_package(Boost 1.81 REQUIRED) # headers only: Asio and Beast
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(CLI11 REQUIRED)
if(VALENCE_BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()
if(VALENCE_WITH_GRPC)
  if(VALENCE_STATIC)
    message(FATAL_ERROR "VALENCE_WITH_GRPC=ON needs shared libraries: configure the preset 'grpc' (make grpc).")
  endif()
  find_package(Protobuf QUIET)
  find_package(gRPC CONFIG QUIET)
  find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin DOC "protoc's plugin for gRPC's C++ code")
  if(NOT Protobuf_FOUND OR NOT TARGET protobuf::protoc OR NOT gRPC_FOUND OR NOT GRPC_CPP_PLUGIN)
    message(FATAL_ERROR "VALENCE_WITH_GRPC=ON needs gRPC for C++, protobuf and their compilers: 'tools/install grpc' "
                        "installs Debian's libgrpc++-dev, libprotobuf-dev, protobuf-compiler and "
                        "protobuf-compiler-grpc. Or leave gRPC out: -DVALENCE_WITH_GRPC=OFF.")
  endif()
endif()

# The lemmatiser is made from WordNet's own files when Valence is built; nothing is read at run time.
find_path(WORDNET_DIR index.noun PATHS /usr/share/wordnet /usr/share/wordnet/dict REQUIRED
          DOC "Folder with WordNet 3.0's index.* and *.exc files (Debian: wordnet-base)")

if(VALENCE_STATIC)
  # What the archives leave to who links them: yaml-cpp's, of which Debian's package file knows only the shared library,
  # and the filters behind libarchive's.
  find_library(YAML_CPP_ARCHIVE yaml-cpp REQUIRED)
  set_target_properties(yaml-cpp PROPERTIES IMPORTED_LOCATION_NONE "${YAML_CPP_ARCHIVE}")
  foreach(library lzma zstd bz2 nettle)
    find_library(archive_${library} ${library} REQUIRED)
    target_link_libraries(LibArchive::LibArchive INTERFACE "${archive_${library}}")
  endforeach()
endif()
