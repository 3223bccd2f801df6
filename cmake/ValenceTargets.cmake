# SPDX-License-Identifier: Apache-2.0
# One folder = one library = one target valence::<lib>. Two guards keep the layers (docs/architecture.md):
# a library exports only its own include/ folder, so an undeclared library cannot be included; and a
# dependency must already exist, so the order in src/CMakeLists.txt is the layer order and no edge goes up.

# valence_add_library(<name> SOURCES a.cc ... [DEPS lib ...] [PRIVATE_DEPS lib ...] [PACKAGES target ...])
#   DEPS          libraries of ours that the public headers need
#   PRIVATE_DEPS  libraries of ours that only the .cc files need
#   PACKAGES      third-party targets, never visible to dependents
function(valence_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS;PACKAGES" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "valence_add_library(${name}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include/valence/${name}")
    message(FATAL_ERROR "${name}: public headers belong in include/valence/${name}/")
  endif()
  foreach(dep IN LISTS ARG_DEPS ARG_PRIVATE_DEPS)
    if(NOT TARGET valence::${dep})
      message(FATAL_ERROR "${name} may not depend on '${dep}': it is not above it in src/CMakeLists.txt")
    endif()
  endforeach()

  add_library(valence_${name} STATIC ${ARG_SOURCES})
  add_library(valence::${name} ALIAS valence_${name})
  target_include_directories(valence_${name} PUBLIC include PRIVATE .)
  list(TRANSFORM ARG_DEPS PREPEND valence:: OUTPUT_VARIABLE public)
  list(TRANSFORM ARG_PRIVATE_DEPS PREPEND valence:: OUTPUT_VARIABLE private)
  target_link_libraries(valence_${name} PUBLIC ${public} PRIVATE ${private} ${ARG_PACKAGES} valence_options)
endfunction()

# valence_add_test(<library> SOURCES a_test.cc ... [DEPS lib ...] [PACKAGES target ...] [READ_SOURCE_TREE a_test.cc ...]):
# one binary <library>_test. Only the sources under READ_SOURCE_TREE see VALENCE_SOURCE_DIR: a path in a compile
# command keeps the compiler cache from hitting in another checkout.
function(valence_add_test name)
  if(NOT VALENCE_BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PACKAGES;READ_SOURCE_TREE" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPS PREPEND valence:: OUTPUT_VARIABLE deps)
  target_include_directories(${name}_test PRIVATE . "${PROJECT_SOURCE_DIR}/tests")
  set_source_files_properties(${ARG_READ_SOURCE_TREE} PROPERTIES COMPILE_DEFINITIONS
                                                                 VALENCE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name}_test PRIVATE valence::${name} ${deps} ${ARG_PACKAGES} valence_options GTest::gmock
                                             GTest::gtest_main fmt::fmt)
  add_dependencies(unit_tests ${name}_test)
  gtest_discover_tests(${name}_test PROPERTIES LABELS unit TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
                       DISCOVERY_TIMEOUT 60)
endfunction()
