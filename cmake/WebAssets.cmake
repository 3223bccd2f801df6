# SPDX-License-Identifier: Apache-2.0
# What npm and node make for the pages, at build time. Needs node 18 or later; nothing of it is needed at run time.
find_program(NPM_EXECUTABLE npm REQUIRED DOC "npm, which fetches what web/package-lock.json pins")
find_program(NODE_EXECUTABLE NAMES node nodejs REQUIRED DOC "node, which bundles the report's pictures")

# valence_web_bundle(OUT <file> ... SCRIPT <build.mjs> SOURCES <file> ...): runs `node SCRIPT OUT ...` when a source
# changes.
function(valence_web_bundle)
  cmake_parse_arguments(ARG "" "SCRIPT" "OUT;SOURCES" ${ARGN})
  set(web "${PROJECT_SOURCE_DIR}/web")
  # One for each folder: rules do not see those of other folders. The packages are fetched once all the same.
  get_filename_component(user "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  set(stamp "${CMAKE_BINARY_DIR}/web/packages-${user}.stamp")
  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND "${CMAKE_COMMAND}" -DNPM=${NPM_EXECUTABLE} -DWEB=${web} -DSTAMP=${stamp} -P
            "${PROJECT_SOURCE_DIR}/cmake/InstallWebPackages.cmake"
    DEPENDS "${web}/package.json" "${web}/package-lock.json" "${PROJECT_SOURCE_DIR}/cmake/InstallWebPackages.cmake"
    COMMENT "Fetching web packages (npm ci)"
    VERBATIM)
  add_custom_command(
    OUTPUT ${ARG_OUT}
    COMMAND "${NODE_EXECUTABLE}" "${ARG_SCRIPT}" ${ARG_OUT}
    DEPENDS "${ARG_SCRIPT}" ${ARG_SOURCES} "${stamp}"
    COMMENT "Bundling for the browser: ${ARG_SCRIPT}"
    VERBATIM)
endfunction()
