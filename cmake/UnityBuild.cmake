# SPDX-License-Identifier: Apache-2.0
# What a unity build (CMAKE_UNITY_BUILD=ON: several sources are compiled as one, which takes less than half of the CPU time) needs
# to know. Sources here keep a translation unit of their own: an unnamed namespace of theirs has a name that a neighbour's
# has too, or that hides one the neighbour calls. An error in a file called unity_N_cxx.cxx and in no other build: add one of
# the two, or give the name more meaning.
function(valence_compile_alone target)
  if(TARGET ${target})
    set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

set(src "${PROJECT_SOURCE_DIR}/src")
valence_compile_alone(valence_base "${src}/base/config_writer.cc")
valence_compile_alone(valence_text "${src}/text/porter.cc" "${src}/text/preprocessor.cc" "${src}/text/scanner.cc"
                      "${src}/text/snowball.cc")
valence_compile_alone(valence_telemetry "${src}/telemetry/registry.cc") # -Wsubobject-linkage: it would count as a header
valence_compile_alone(valence_net "${src}/net/s3_put.cc")
valence_compile_alone(valence_data "${src}/data/json_splitter.cc")
valence_compile_alone(features_test "${src}/features/tests/vectorizer_test.cc")
valence_compile_alone(valence_model "${src}/model/likelihood.cc")
valence_compile_alone(valence_evaluation "${src}/evaluation/model_card.cc" "${src}/evaluation/report.cc")
valence_compile_alone(valence_tracking "${src}/tracking/run_filter_parser.cc" "${src}/tracking/spool_record.cc")
valence_compile_alone(valence_classifier "${src}/classifier/compiled_attributions.cc" "${src}/classifier/model_file.cc"
                      "${src}/classifier/safetensors.cc")
valence_compile_alone(valence_registry "${src}/registry/model_uri.cc")
valence_compile_alone(valence_pipeline "${src}/pipeline/ingest.cc" "${src}/pipeline/system_monitor.cc") # the latter: as registry.cc
valence_compile_alone(
  valence_serving
  "${src}/serving/feedback.cc"
  "${src}/serving/predict_request.cc"
  "${src}/serving/protocols/huggingface.cc"
  "${src}/serving/protocols/kserve_v1.cc"
  "${src}/serving/protocols/mlflow.cc"
  "${src}/serving/protocols/v1.cc")
valence_compile_alone(serving_test "${src}/serving/tests/multipart_file_test.cc" "${src}/serving/tests/v1_test.cc")

# Where sources have the same few names (Flags, Case, ToJson), and what protoc writes.
foreach(target valence text_test tracking_probe valence_rpc_proto)
  if(TARGET ${target})
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  endif()
endforeach()
