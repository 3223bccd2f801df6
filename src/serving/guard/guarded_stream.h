// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "valence/net/http_server.h"

namespace valence::serving {

/// A stream whose answer gets headers before it begins and whose end is recorded once.
class GuardedStream final : public net::HttpStream {
 public:
  struct Outcome {
    int status = 200;  ///< 499 if the client went away
    std::size_t received_bytes = 0;
    std::size_t sent_bytes = 0;
  };
  static constexpr int kClientGone = 499;  // as nginx logs it

  GuardedStream(std::unique_ptr<net::HttpStream> inner, std::function<void(net::HttpResponse*)> complete,
                std::function<void(const Outcome&)> record);
  ~GuardedStream() override;

  bool Feed(std::string_view bytes, net::HttpResponse* response) override;
  bool Finish(net::HttpResponse* response) override;

 private:
  bool Pass(bool going, bool last, net::HttpResponse* response);

  std::unique_ptr<net::HttpStream> inner_;
  std::function<void(net::HttpResponse*)> complete_;
  std::function<void(const Outcome&)> record_;
  Outcome outcome_;
  bool begun_ = false;
  bool recorded_ = false;
};

}  // namespace valence::serving
