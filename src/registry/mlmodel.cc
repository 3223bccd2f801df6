// SPDX-License-Identifier: Apache-2.0
#include "mlmodel.h"

#include <fmt/format.h>
#include <time.h>

#include "valence/base/utf8.h"
#include "valence/base/version.h"
#include "valence/capi/valence.h"

namespace valence::registry {
namespace {

#if defined(__x86_64__)
constexpr std::string_view kTarget = "linux-x86_64";
#elif defined(__aarch64__)
constexpr std::string_view kTarget = "linux-aarch64";
#else
#error "name this target"
#endif

Json Column(std::string_view type, std::string name) {
  return Json::MakeObject({{"type", type}, {"name", std::move(name)}, {"required", true}});
}

// The columns of valence_loader.py's answer. They are the same as those of `valence predict`.
Json OutputColumns(const std::vector<std::string>& labels) {
  Json columns = Json::MakeArray();
  columns.Push(Column("string", "label"));
  columns.Push(Column("double", "score"));
  for (const std::string& label : labels) columns.Push(Column("double", "probability_" + label));
  return columns;
}

Json InputColumns() {
  Json columns = Json::MakeArray();
  columns.Push(Column("string", "text"));
  return columns;
}

// YAML: a string that holds JSON, or null. Only two labels have one probability that a threshold can be put on.
std::string Params(std::size_t labels) {
  if (labels != 2) return "null";
  Json params = Json::MakeArray();
  params.Push(Json::MakeObject({{"name", "threshold"}, {"type", "double"}, {"default", 0.5}, {"shape", nullptr}}));
  return YamlQuoted(params.Dump());
}

std::string Labels(const std::vector<std::string>& labels) {
  std::string list;
  for (const std::string& label : labels) list += (list.empty() ? "" : ", ") + YamlQuoted(label);
  return '[' + list + ']';
}

// "2026-11-23 02:00:00.000000", UTC, as Python's str(datetime).
std::string UtcText(std::chrono::system_clock::time_point time) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  const time_t seconds = static_cast<time_t>(micros / 1'000'000);
  tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, micros % 1'000'000);
}

std::string Optional(std::string_view key, std::string_view value) {
  return value.empty() ? std::string() : fmt::format("{}: {}\n", key, YamlQuoted(value));
}

}  // namespace

std::string YamlQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, length] = utf8::Decode(text.data() + at);
    const auto code = static_cast<std::uint32_t>(c);
    at += length;
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += static_cast<char>(c);
    } else if (code >= 0x20 && code < 0x7F) {
      quoted += static_cast<char>(c);
    } else if (code < 0x100) {
      quoted += fmt::format("\\x{:02x}", code);
    } else {
      quoted += code < 0x10000 ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
    }
  }
  return quoted + '"';
}

Json SplitFrame(const std::vector<std::string>& texts) {
  Json rows = Json::MakeArray();
  for (const std::string& text : texts) rows.Push(Json(Json::Array{Json(text)}));
  return Json::MakeObject({{"columns", Json(Json::Array{Json("text")})}, {"data", std::move(rows)}});
}

std::string MlmodelText(const classifier::Classifier& model, const ModelFolderOptions& options,
                        std::uint64_t size_bytes) {
  const std::vector<std::string>& labels = model.labels();
  std::string text = fmt::format("artifact_path: {}\n", YamlQuoted(options.artifact_path));
  text += fmt::format(R"(flavors:
  python_function:
    code: code
    data: data
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: valence_loader
    python_version: {}
)",
                      YamlQuoted(options.python_version));
  text += fmt::format(R"(  valence:
    abi_version: {}
    labels: {}
    library: data/libvalence.so
    model: data/model.safetensors
    model_version: {}
    target: {}
    version: {}
)",
                      VALENCE_ABI_VERSION, Labels(labels), YamlQuoted(model.version()), kTarget, kVersion);
  text += Optional("model_id", options.model_id);
  text += fmt::format("model_size_bytes: {}\n", size_bytes);
  // MLflow makes one up; taken from the content, equal models have equal ones.
  text += fmt::format("model_uuid: {}\n", YamlQuoted(model.bundle().digest.substr(0, 32)));
  text += Optional("run_id", options.run_id);
  text += R"(saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  serving_input_path: serving_input_example.json
  type: dataframe
)";
  text += fmt::format("signature:\n  inputs: {}\n  outputs: {}\n  params: {}\n", YamlQuoted(InputColumns().Dump()),
                      YamlQuoted(OutputColumns(labels).Dump()), Params(labels.size()));
  text += fmt::format("utc_time_created: '{}'\n", UtcText(options.created));
  return text;
}

}  // namespace valence::registry
