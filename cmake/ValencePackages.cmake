# SPDX-License-Identifier: Apache-2.0
# Every third-party package, in one place. Each has one home library (docs/architecture.md, "Dependencies").

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED) # CRC-32 of zip members
find_package(Boost 1.81 REQUIRED) # headers only: Asio and Beast
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(CLI11 REQUIRED)
if(VALENCE_BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()

# The lemmatiser is made from WordNet's own files when Valence is built; nothing is read at run time.
find_path(WORDNET_DIR index.noun PATHS /usr/share/wordnet /usr/share/wordnet/dict REQUIRED
          DOC "Folder with WordNet 3.0's index.* and *.exc files (Debian: wordnet-base)")
