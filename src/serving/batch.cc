// SPDX-License-Identifier: Apache-2.0
#include "batch.h"

#include <fmt/format.h>

#include <charconv>

#include "batch_rows.h"
#include "exchange.h"
#include "media_type.h"
#include "multipart_file.h"
#include "routes.h"
#include "valence/base/clock.h"
#include "valence/net/http_client.h"

namespace valence::serving {
namespace {

constexpr std::string_view kPath = "/v1/batch";
constexpr std::uint64_t kMaxRowOffset = (std::uint64_t{1} << 53) - 1;  // what every JSON reader can hold
constexpr std::string_view kCsvType = "text/csv; charset=utf-8";
constexpr std::string_view kJsonLinesType = "application/x-ndjson";

using Fault = std::optional<HttpError>;

/// What the query asks for.
struct Options {
  std::string text_column = "text";
  std::string model, version;
  std::uint64_t row_offset = 0;
};

Fault ReadOptions(std::string_view query, Options* options) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::string_view name = pair.substr(0, pair.find('='));
    std::string value = net::PercentDecode(pair.substr(std::min(pair.size(), name.size() + 1)), net::PlusSign::kSpace);
    if (name == "text_column") {
      options->text_column = std::move(value);
    } else if (name == "row_offset") {
      const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), options->row_offset);
      const bool whole = code == std::errc() && end == value.data() + value.size();
      if (!whole || options->row_offset > kMaxRowOffset) {
        return HttpError{400, "'row_offset': expected how many rows came before this part, below 2^53", "row_offset"};
      }
    } else if (name == "model") {
      options->model = std::move(value);
    } else if (name == "version") {
      options->version = std::move(value);
    } else {
      return HttpError{400,
                       fmt::format("unknown parameter '{}': expected text_column, row_offset, model, version", name),
                       std::string(name)};
    }
  }
  return std::nullopt;
}

bool NamesJsonLines(std::string_view file_name) {
  return file_name.ends_with(".jsonl") || file_name.ends_with(".ndjson");
}

/// One upload on its way through the scorer.
class Batch final : public net::HttpStream {
 public:
  Batch(ServiceCore& core, int thread, const net::HttpRequest& request)
      : core_(core), thread_(thread), models_(core.repository->Snapshot()) {
    fault_ = Open(request);
  }

  bool Feed(std::string_view bytes, net::HttpResponse* response) override {
    begun_ = begun_ || wrote_;
    if (!fault_.has_value()) fault_ = Take(bytes, &response->body);
    return Close(response);
  }

  bool Finish(net::HttpResponse* response) override {
    begun_ = begun_ || (wrote_ && response->body.empty());
    if (!fault_.has_value()) fault_ = End(&response->body);
    return Close(response);
  }

  const ServedModel* model() const { return model_; }
  std::size_t texts() const { return texts_; }

 private:
  Fault Open(const net::HttpRequest& request) {
    Options options;
    if (auto fault = ReadOptions(request.query, &options)) return fault;
    model_ = models_->Find(options.model, options.version);
    if (models_->default_model() == nullptr) return HttpError{503, "no model is loaded"};
    if (model_ == nullptr)
      return HttpError{404, "there is no such model or version: GET /v1/models lists those there are"};
    format_.text_column = options.text_column;
    format_.row_offset = options.row_offset;
    format_.labels = &model_->classifier().labels();
    format_.limits = core_.limits;
    const std::string_view coding = request.header("Content-Encoding");
    if (!coding.empty() && coding != "identity") return HttpError{415, "Content-Encoding: send a batch unpacked"};
    return ReadType(request.header("Content-Type"));
  }

  Fault ReadType(std::string_view content_type) {
    switch (ParseMediaType(content_type)) {
      case MediaType::kJsonLines:
        format_.json_lines = true;
        return std::nullopt;
      case MediaType::kCsv:
        return std::nullopt;
      case MediaType::kMultipart:
        if (MultipartBoundary(content_type).empty()) {
          return HttpError{400, "multipart/form-data: expected a boundary of 1 to 70 characters"};
        }
        multipart_.emplace(MultipartBoundary(content_type));
        return std::nullopt;
      default:
        return HttpError{415, "Content-Type: expected text/csv, application/x-ndjson or multipart/form-data, in UTF-8"};
    }
  }

  Fault Take(std::string_view bytes, std::string* out) {
    if (!multipart_.has_value()) return TakeRows(bytes, out);
    return multipart_->Feed(bytes, [&](std::string_view part) {
      format_.json_lines = NamesJsonLines(multipart_->file_name());
      return TakeRows(part, out);
    });
  }

  Fault TakeRows(std::string_view bytes, std::string* out) {
    if (rows_ == nullptr)
      rows_ = BatchRows::Make(
          format_, [this](std::string_view text) -> const auto& { return Score(text); });
    return rows_->Feed(bytes, out);
  }

  Fault End(std::string* out) {
    if (multipart_.has_value()) {
      if (auto fault = multipart_->Finish()) return fault;
    }
    if (auto fault = TakeRows({}, out)) return fault;
    return rows_->Finish(out);
  }

  const classifier::Prediction& Score(std::string_view text) {
    model_->Predict(thread_, text, 0, &prediction_);
    core_.metrics.Predicted(thread_, text, prediction_);
    ++texts_;
    return prediction_;
  }

  /// Completes what goes out now. False if that is the end.
  bool Close(net::HttpResponse* response) {
    wrote_ = !response->body.empty();
    if (!fault_.has_value()) {
      if (!begun_) WriteHeaders(response);
      return true;
    }
    if (begun_) {
      rows_->AppendError(fault_->message, &response->body);
    } else {
      response->Clear();
      WriteError(*fault_, response);
    }
    return false;
  }

  void WriteHeaders(net::HttpResponse* response) const {
    response->content_type = format_.json_lines ? kJsonLinesType : kCsvType;
    response->extra_headers.assign(model_->headers()).append("X-Content-Type-Options: nosniff\r\n");
    if (!multipart_.has_value()) return;
    response->extra_headers.append("Content-Disposition: attachment; filename=\"")
        .append(format_.json_lines ? "scored.jsonl\"\r\n" : "scored.csv\"\r\n");
  }

  ServiceCore& core_;
  const int thread_;
  const std::shared_ptr<const ModelSet> models_;
  const ServedModel* model_ = nullptr;
  BatchFormat format_;
  std::optional<MultipartFile> multipart_;
  std::unique_ptr<BatchRows> rows_;
  classifier::Prediction prediction_;
  std::size_t texts_ = 0;
  Fault fault_;
  bool wrote_ = false;  ///< the last call left something to send
  bool begun_ = false;  ///< something has gone out, so status and headers stand
};

/// Counts a batch as a request when it is over.
class CountedBatch final : public net::HttpStream {
 public:
  CountedBatch(ServiceCore& core, int thread, const net::HttpRequest& request)
      : core_(core), thread_(thread), batch_(core, thread, request) {}
  ~CountedBatch() override {
    if (!started_) return;
    core_.metrics.Finished(thread_, BatchLabel(), "POST", status_, watch_.seconds(), batch_.model(), batch_.texts());
  }

  bool Feed(std::string_view bytes, net::HttpResponse* response) override {
    Start();
    return Note(batch_.Feed(bytes, response), *response);
  }
  bool Finish(net::HttpResponse* response) override {
    Start();
    return Note(batch_.Finish(response), *response);
  }

 private:
  static std::size_t BatchLabel();
  /// Not when opened: it may be refused yet.
  void Start() {
    if (!started_) core_.metrics.Started(thread_);
    started_ = true;
  }
  bool Note(bool going, const net::HttpResponse& response) {
    status_ = response.status;
    return going;
  }

  ServiceCore& core_;
  const int thread_;
  Batch batch_;
  Stopwatch watch_;
  bool started_ = false;
  int status_ = 400;  ///< if the client goes away before anything else can be said
};

std::size_t CountedBatch::BatchLabel() {
  static const std::size_t label = [] {
    PathParameters none;
    return Routes().Find("POST", kPath, &none).label;
  }();
  return label;
}

void TakeBatch(Exchange& exchange) {
  Batch batch(exchange.core, exchange.thread, exchange.request);
  if (batch.Feed(exchange.body, exchange.response)) batch.Finish(exchange.response);
  exchange.texts = batch.texts();
}

}  // namespace

std::unique_ptr<net::HttpStream> OpenBatch(ServiceCore& core, int thread, const net::HttpRequest& request) {
  if (request.path != kPath || request.method != "POST") return nullptr;
  return std::make_unique<CountedBatch>(core, thread, request);
}

void AddBatchRoutes(Router* router) { router->Add({"POST", kPath, TakeBatch}); }

}  // namespace valence::serving
