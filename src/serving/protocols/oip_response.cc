// SPDX-License-Identifier: Apache-2.0
#include "oip_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

#include "../predict_answer.h"
#include "valence/base/json.h"

namespace valence::serving::oip {
namespace {

/// One output tensor on its way: its shape after the batch, and its elements.
struct Tensor {
  std::string_view datatype;
  std::vector<std::size_t> inner_shape;
  std::span<const double> numbers;   ///< FP64
  std::vector<std::string> strings;  ///< BYTES
};

/// The `classes` highest of `values` as "value:index:label", the highest first.
void RankClasses(std::span<const double> values, const ServedModel& model, std::size_t classes,
                 std::vector<std::string>* out) {
  const auto& labels = model.classifier().labels();
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] > values[b]; });
  for (std::size_t i = 0; i < classes; ++i) {
    // A binary model's only logit is its second class's.
    const std::size_t label = values.size() == 1 ? 1 : order[i];
    out->push_back(fmt::format("{}:{}:{}", values[order[i]], label, labels[label]));
  }
}

Tensor MakeNumbers(const ServedModel& model, const RequestedOutput& wanted, std::span<const double> values,
                   std::size_t texts, bool is_vector) {
  const std::size_t width = is_vector ? 1 : model.classifier().labels().size();
  if (wanted.classes == 0) {
    Tensor tensor{"FP64", {}, values, {}};
    if (!is_vector) tensor.inner_shape.push_back(width);
    return tensor;
  }
  const std::size_t classes = std::min(wanted.classes, width);
  Tensor ranked{"BYTES", {classes}, {}, {}};
  for (std::size_t i = 0; i < texts; ++i)
    RankClasses(values.subspan(i * width, width), model, classes, &ranked.strings);
  return ranked;
}

Tensor MakeTensor(const ServedModel& model, const RequestedOutput& wanted, const Columns& columns) {
  const std::size_t texts = columns.labels.size();
  switch (wanted.output) {
    case Output::kProbability:
      return MakeNumbers(model, wanted, columns.probabilities, texts, false);
    case Output::kLogit:
      return MakeNumbers(model, wanted, columns.logits, texts, columns.logits.size() == texts);
    case Output::kAttributions:
      return {"BYTES", {}, {}, columns.attributions};
    case Output::kLabel:
      break;
  }
  Tensor labels{"BYTES", {}, {}, {}};
  for (const std::int32_t label : columns.labels) {
    labels.strings.push_back(model.classifier().labels()[static_cast<std::size_t>(label)]);
  }
  return labels;
}

/// The tensor's bytes, as the binary tensor extension lays them out; returns how many.
std::size_t AppendBinary(const Tensor& tensor, std::string* out) {
  const std::size_t before = out->size();
  for (const std::string& text : tensor.strings) {
    const auto size = static_cast<std::uint32_t>(text.size());
    out->append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
  out->append(reinterpret_cast<const char*>(tensor.numbers.data()), tensor.numbers.size_bytes());
  return out->size() - before;
}

void AppendJsonData(const Tensor& tensor, std::string* out) {
  char separator = '[';
  for (const std::string& text : tensor.strings) {
    out->push_back(std::exchange(separator, ','));
    AppendJsonString(text, out);
  }
  for (const double value : tensor.numbers) {
    out->push_back(std::exchange(separator, ','));
    AppendDouble(value, out);
  }
  if (separator == '[') out->push_back('[');
  out->push_back(']');
}

std::string ShapeOf(const Tensor& tensor, std::size_t texts, bool column) {
  std::vector<std::size_t> shape = {texts};
  if (column && tensor.inner_shape.empty()) shape.push_back(1);
  shape.insert(shape.end(), tensor.inner_shape.begin(), tensor.inner_shape.end());
  return fmt::format("[{}]", fmt::join(shape, ","));
}

}  // namespace

Columns ScoreTexts(Exchange& exchange, const std::vector<std::string_view>& texts,
                   const std::vector<RequestedOutput>& outputs) {
  const auto wants_reasons = [](const RequestedOutput& o) { return o.output == Output::kAttributions; };
  const bool explain = std::any_of(outputs.begin(), outputs.end(), wants_reasons);
  Columns columns;
  for (const std::string_view text : texts) {
    const classifier::Prediction& p = exchange.Score(text, explain ? classifier::kAllAttributions : 0);
    columns.labels.push_back(p.label);
    columns.probabilities.insert(columns.probabilities.end(), p.probabilities.begin(), p.probabilities.end());
    columns.logits.insert(columns.logits.end(), p.scores.begin(), p.scores.end());
    if (explain) exchange.model->writer().AppendAttributions(text, p, &columns.attributions.emplace_back());
  }
  return columns;
}

void WriteInferResponse(const ServedModel& model, const InferRequest& request, const Columns& columns,
                        std::string* json, std::string* tail) {
  json->append(R"({"model_name":)");
  AppendJsonString(model.name(), json);
  json->append(R"(,"model_version":)");
  AppendJsonString(model.version(), json);
  if (request.has_id) {
    json->append(R"(,"id":)");
    AppendJsonString(request.id, json);
  }
  json->append(R"(,"outputs":[)");
  for (const RequestedOutput& wanted : request.outputs) {
    if (json->back() == '}') json->push_back(',');
    const Tensor tensor = MakeTensor(model, wanted, columns);
    json->append(fmt::format(R"({{"name":"{}","datatype":"{}","shape":{},)", NameOf(wanted.output), tensor.datatype,
                             ShapeOf(tensor, columns.labels.size(), request.column)));
    if (wanted.binary) {
      json->append(fmt::format(R"("parameters":{{"binary_data_size":{}}})", AppendBinary(tensor, tail)));
    } else {
      json->append(R"("data":)");
      AppendJsonData(tensor, json);
    }
    json->push_back('}');
  }
  json->append("]}");
}

}  // namespace valence::serving::oip
