# SPDX-License-Identifier: Apache-2.0
# cmake -DNPM=.. -DWEB=.. -DSTAMP=.. -P InstallWebPackages.cmake: npm ci, unless web/node_modules already holds what the
# lock file pins. All build trees share web/node_modules, so one of them at a time.
file(LOCK "${WEB}" DIRECTORY GUARD PROCESS TIMEOUT 900)
file(SHA256 "${WEB}/package-lock.json" wanted)
set(mark "${WEB}/node_modules/.valence-lock-sha256")
set(found "")
if(EXISTS "${mark}")
  file(READ "${mark}" found)
endif()
if(NOT found STREQUAL wanted)
  # Retries: a package registry may fail for a moment. No scripts: nothing fetched runs while it is installed.
  foreach(try RANGE 1 3)
    execute_process(COMMAND "${NPM}" ci --ignore-scripts --no-audit --no-fund --loglevel=error
                    WORKING_DIRECTORY "${WEB}" RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE messages)
    if(failed EQUAL 0)
      break()
    endif()
  endforeach()
  if(NOT failed EQUAL 0)
    message(FATAL_ERROR "npm ci in ${WEB} failed (${failed}):\n${messages}")
  endif()
  file(WRITE "${mark}" "${wanted}")
endif()
file(WRITE "${STAMP}" "${wanted}")
