// SPDX-License-Identifier: Apache-2.0
#include "guarded_stream.h"

#include <utility>

namespace valence::serving {

GuardedStream::GuardedStream(std::unique_ptr<net::HttpStream> inner, std::function<void(net::HttpResponse*)> complete,
                             std::function<void(const Outcome&)> record)
    : inner_(std::move(inner)), complete_(std::move(complete)), record_(std::move(record)) {}

GuardedStream::~GuardedStream() {
  if (recorded_) return;
  outcome_.status = kClientGone;
  record_(outcome_);
}

bool GuardedStream::Feed(std::string_view bytes, net::HttpResponse* response) {
  outcome_.received_bytes += bytes.size();
  return Pass(inner_->Feed(bytes, response), false, response);
}

bool GuardedStream::Finish(net::HttpResponse* response) { return Pass(inner_->Finish(response), true, response); }

/// The head goes out with the first bytes of the answer, or with its end.
bool GuardedStream::Pass(bool going, bool last, net::HttpResponse* response) {
  outcome_.sent_bytes += response->body.size();
  const bool ends = last || !going;
  if (!begun_ && (ends || !response->body.empty())) {
    begun_ = true;
    outcome_.status = response->status;
    complete_(response);
  }
  if (ends) {
    recorded_ = true;
    record_(outcome_);
  }
  return going;
}

}  // namespace valence::serving
