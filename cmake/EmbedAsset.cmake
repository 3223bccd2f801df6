# SPDX-License-Identifier: Apache-2.0
# valence_embed(<target> FILE <path> SYMBOL <name>): puts a file's bytes into the target's read-only data.
# C++ side: `extern "C" const char <name>_begin[]; extern "C" const char <name>_end[];`
enable_language(ASM)
function(valence_embed target)
  cmake_parse_arguments(ARG "" "FILE;SYMBOL" "" ${ARGN})
  get_filename_component(path "${ARG_FILE}" ABSOLUTE)
  set(asm "${CMAKE_CURRENT_BINARY_DIR}/${ARG_SYMBOL}.S")
  file(
    CONFIGURE OUTPUT "${asm}"
    CONTENT
      ".section .rodata.@ARG_SYMBOL@,\"a\"
.balign 64
.global @ARG_SYMBOL@_begin
.type @ARG_SYMBOL@_begin, @object
@ARG_SYMBOL@_begin:
.incbin \"@path@\"
.global @ARG_SYMBOL@_end
.type @ARG_SYMBOL@_end, @object
@ARG_SYMBOL@_end:
.byte 0
.section .note.GNU-stack,\"\",@progbits
"
    @ONLY)
  set_source_files_properties("${asm}" PROPERTIES OBJECT_DEPENDS "${path}")
  target_sources(${target} PRIVATE "${asm}")
endfunction()
