// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "valence/net/http_server.h"

namespace valence::serving {

/// Answers a request with `refusal` and takes nothing of its body.
class RefusedStream final : public net::HttpStream {
 public:
  explicit RefusedStream(net::HttpResponse refusal) : refusal_(std::move(refusal)) {}

  bool Feed(std::string_view /*bytes*/, net::HttpResponse* response) override {
    *response = std::move(refusal_);
    return false;
  }
  bool Finish(net::HttpResponse* response) override { return Feed({}, response); }

 private:
  net::HttpResponse refusal_;
};

}  // namespace valence::serving
