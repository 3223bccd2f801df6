// SPDX-License-Identifier: Apache-2.0
#include "oip_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "../predict_answer.h"
#include "valence/base/json.h"

namespace valence::serving::oip {
namespace {

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

/// `tensor` has the batch's dimensions already.
void FillNumbers(const ServedModel& model, const RequestedOutput& wanted, std::span<const double> values,
                 std::size_t texts, bool is_vector, OutputTensor* tensor) {
  const std::size_t width = is_vector ? 1 : model.classifier().labels().size();
  if (wanted.classes == 0) {
    tensor->numbers = values;
    if (!is_vector) tensor->shape.push_back(static_cast<std::int64_t>(width));
    return;
  }
  const std::size_t classes = std::min(wanted.classes, width);
  tensor->datatype = "BYTES";
  tensor->shape.push_back(static_cast<std::int64_t>(classes));
  for (std::size_t i = 0; i < texts; ++i)
    RankClasses(values.subspan(i * width, width), model, classes, &tensor->strings);
}

OutputTensor MakeTensor(const ServedModel& model, const RequestedOutput& wanted, const Columns& columns, bool column) {
  const std::size_t texts = columns.labels.size();
  OutputTensor tensor{NameOf(wanted.output), DatatypeOf(wanted.output), {static_cast<std::int64_t>(texts)}};
  switch (wanted.output) {
    case Output::kProbability:
      FillNumbers(model, wanted, columns.probabilities, texts, false, &tensor);
      break;
    case Output::kLogit:
      FillNumbers(model, wanted, columns.logits, texts, columns.logits.size() == texts, &tensor);
      break;
    case Output::kAttributions:
      tensor.strings = columns.attributions;
      break;
    case Output::kLabel:
      for (const std::int32_t label : columns.labels) {
        tensor.strings.push_back(model.classifier().labels()[static_cast<std::size_t>(label)]);
      }
  }
  if (column && tensor.shape.size() == 1) tensor.shape.push_back(1);
  return tensor;
}

void AppendJsonData(const OutputTensor& tensor, std::string* out) {
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

}  // namespace

std::size_t AppendRaw(const OutputTensor& tensor, std::string* out) {
  const std::size_t before = out->size();
  for (const std::string& text : tensor.strings) {
    const auto size = static_cast<std::uint32_t>(text.size());
    out->append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
  out->append(reinterpret_cast<const char*>(tensor.numbers.data()), tensor.numbers.size_bytes());
  return out->size() - before;
}

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

std::vector<OutputTensor> MakeTensors(const ServedModel& model, const InferRequest& request, const Columns& columns) {
  std::vector<OutputTensor> tensors;
  tensors.reserve(request.outputs.size());
  for (const RequestedOutput& wanted : request.outputs) {
    tensors.push_back(MakeTensor(model, wanted, columns, request.column));
  }
  return tensors;
}

void WriteInferResponse(const ServedModel& model, const InferRequest& request, const std::vector<OutputTensor>& tensors,
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
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const OutputTensor& tensor = tensors[i];
    if (i > 0) json->push_back(',');
    json->append(fmt::format(R"({{"name":"{}","datatype":"{}","shape":[{}],)", tensor.name, tensor.datatype,
                             fmt::join(tensor.shape, ",")));
    if (request.outputs[i].binary) {
      json->append(fmt::format(R"("parameters":{{"binary_data_size":{}}})", AppendRaw(tensor, tail)));
    } else {
      json->append(R"("data":)");
      AppendJsonData(tensor, json);
    }
    json->push_back('}');
  }
  json->append("]}");
}

}  // namespace valence::serving::oip
