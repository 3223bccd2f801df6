# SPDX-License-Identifier: Apache-2.0
# Defines valence::arrow: Arrow C++ with its Parquet library, from an installation that CMake finds, or from the folder of
# PyPI's pyarrow, which holds both with their headers (Debian 12 has neither):
#   -DVALENCE_PYARROW=$(python3 -c 'import pyarrow, os; print(os.path.dirname(pyarrow.__file__))')
set(VALENCE_PYARROW "" CACHE PATH "Folder of an installed pyarrow; empty: find_package(Arrow), find_package(Parquet)")

add_library(valence_arrow INTERFACE)
add_library(valence::arrow ALIAS valence_arrow)
if(VALENCE_PYARROW)
  file(GLOB _arrow "${VALENCE_PYARROW}/libarrow.so.*")
  file(GLOB _parquet "${VALENCE_PYARROW}/libparquet.so.*")
  if(NOT _arrow OR NOT _parquet OR NOT EXISTS "${VALENCE_PYARROW}/include/parquet/arrow/reader.h")
    message(FATAL_ERROR "VALENCE_PYARROW=${VALENCE_PYARROW}: no libarrow.so.*, libparquet.so.* and include/parquet there")
  endif()
  target_include_directories(valence_arrow SYSTEM INTERFACE "${VALENCE_PYARROW}/include")
  target_link_libraries(valence_arrow INTERFACE ${_parquet} ${_arrow})
  target_link_options(valence_arrow INTERFACE "-Wl,-rpath,${VALENCE_PYARROW}")
else()
  find_package(Arrow REQUIRED)
  find_package(Parquet REQUIRED)
  target_link_libraries(valence_arrow INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
endif()
