// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

namespace valence::rpc {
namespace oip = serving::oip;
using inference::InferParameter;
using inference::ModelInferRequest;
using inference::ModelInferResponse;
namespace {

using Parameters = google::protobuf::Map<std::string, InferParameter>;

const InferParameter* Find(const Parameters& parameters, const char* name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? nullptr : &found->second;
}

Status ReadContentType(const Parameters& parameters, std::optional<std::string_view>* type) {
  const InferParameter* const found = Find(parameters, "content_type");
  if (found == nullptr) return Ok();
  if (!found->has_string_param()) return InvalidArgument("parameters.content_type: expected a string_param");
  *type = found->string_param();
  return Ok();
}

Result<oip::WantedOutput> ReadOutput(const ModelInferRequest::InferRequestedOutputTensor& output) {
  oip::WantedOutput wanted{output.name()};
  const InferParameter* const classes = Find(output.parameters(), "classification");
  if (classes == nullptr) return wanted;
  if (classes->has_int64_param()) {
    wanted.classes = classes->int64_param();
  } else if (classes->has_uint64_param()) {
    wanted.classes = static_cast<std::int64_t>(classes->uint64_param());
  } else {
    return InvalidArgument("parameters.classification: expected an int64_param, the number of classes");
  }
  return wanted;
}

/// The texts of input number `index`.
Status ReadElements(const ModelInferRequest& request, int index, oip::InputTensor* tensor) {
  const auto& input = request.inputs(index);
  if (request.raw_input_contents_size() > 0) {
    if (input.has_contents()) {
      return InvalidArgument(
          fmt::format("'inputs[{}]': has contents although there are raw_input_contents: send one of them", index));
    }
    tensor->raw = request.raw_input_contents(index);
    return Ok();
  }
  const auto& texts = input.contents().bytes_contents();
  tensor->elements.assign(texts.begin(), texts.end());
  tensor->elements_field = "contents.bytes_contents";
  return Ok();
}

Status ReadInputs(const ModelInferRequest& request, oip::Query* query) {
  const int raw = request.raw_input_contents_size();
  if (raw > 0 && raw != request.inputs_size()) {
    return InvalidArgument(
        fmt::format("'raw_input_contents': expected one for each of {} inputs, found {}", request.inputs_size(), raw));
  }
  for (int i = 0; i < request.inputs_size(); ++i) {
    const auto& input = request.inputs(i);
    oip::InputTensor& tensor = query->inputs.emplace_back();
    tensor.datatype = input.datatype();
    tensor.shape.assign(input.shape().begin(), input.shape().end());
    VALENCE_RETURN_IF_ERROR(ReadContentType(request.parameters(), &tensor.content_type));
    VALENCE_RETURN_IF_ERROR(ReadContentType(input.parameters(), &tensor.content_type));
    VALENCE_RETURN_IF_ERROR(ReadElements(request, i, &tensor));
  }
  return Ok();
}

void WriteContents(const oip::OutputTensor& tensor, inference::InferTensorContents* contents) {
  for (const std::string& text : tensor.strings) contents->add_bytes_contents(text);
  contents->mutable_fp64_contents()->Add(tensor.numbers.begin(), tensor.numbers.end());
}

}  // namespace

Error NotAMessage(std::string_view message) {
  return InvalidArgument(fmt::format("the request is no {} of the protocol: its bytes cannot be read", message));
}

Status InferCall::Read(oip::Query* query) {
  auto& request = *google::protobuf::Arena::CreateMessage<ModelInferRequest>(&arena_);
  if (!request.ParseFromArray(bytes_.data(), static_cast<int>(bytes_.size()))) return NotAMessage("ModelInferRequest");
  query->model = request.model_name();
  query->version = request.model_version();
  query->id = request.id();
  is_raw_ = request.raw_input_contents_size() > 0;
  VALENCE_RETURN_IF_ERROR(ReadInputs(request, query));
  for (const auto& output : request.outputs()) {
    VALENCE_TRY(const oip::WantedOutput wanted, ReadOutput(output));
    query->outputs.push_back(wanted);
  }
  return Ok();
}

void InferCall::Write(const oip::Answer& answer, std::string* body) {
  auto& response = *google::protobuf::Arena::CreateMessage<ModelInferResponse>(&arena_);
  response.set_model_name(std::string(answer.model));
  response.set_model_version(std::string(answer.version));
  response.set_id(std::string(answer.id));
  for (const oip::OutputTensor& tensor : answer.outputs) {
    auto& output = *response.add_outputs();
    output.set_name(std::string(tensor.name));
    output.set_datatype(std::string(tensor.datatype));
    output.mutable_shape()->Add(tensor.shape.begin(), tensor.shape.end());
    if (is_raw_) {
      oip::AppendRaw(tensor, response.add_raw_output_contents());
    } else {
      WriteContents(tensor, output.mutable_contents());
    }
  }
  response.SerializeToString(body);
}

bool FromJson(std::string_view json, std::string_view member, google::protobuf::Message* message) {
  const std::string whole = member.empty() ? std::string(json) : fmt::format(R"({{"{}":{}}})", member, json);
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // REST says a little more here and there
  return google::protobuf::util::JsonStringToMessage(whole, message, options).ok();
}

}  // namespace valence::rpc
