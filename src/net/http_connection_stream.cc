// SPDX-License-Identifier: Apache-2.0
// Requests whose body is worked on as it arrives. Reading and writing alternate, so a client that does not take its
// answer stops its own upload, and neither is held here but for one part.
#include "http_connection.h"
#include "http_response_head.h"
#include "http_worker.h"

namespace valence::net {

/// Hands on what has arrived of the body. kSend if that gave something to send.
Connection::Next Connection::TakeBody(bool complete) {
  const std::string_view bytes = parser_.Body(Message());
  worker_.LendRoom(&response_.body);
  bool going = bytes.empty() || stream_->Feed(bytes, &response_);
  Erase(parser_.TakeBody(Message()));
  if (!bytes.empty()) LeavePhase();  // the time limit is one of each part
  if (going && complete) going = stream_->Finish(&response_);
  const bool last = complete || !going;
  if (!last && response_.body.empty()) {
    worker_.ReturnRoom(&response_.body);
    Enter(Phase::kBody);
    return Next::kRead;
  }
  if (!going || (last && worker_.stopping())) close_ = true;
  if (last) stream_.reset();
  // A chunk of no bytes would be the last one.
  FramePart(going && last);
  return Next::kSend;
}

/// Puts what has to stand around response_.body into head_ and tail_. `last`: the answer is complete with it.
void Connection::FramePart(bool last) {
  const bool ends = stream_ == nullptr;
  if (!streaming_) {
    head_only_ = false;
    close_ = close_ || !parser_.keep_alive() || worker_.stopping() || (parser_.http_1_0() && !ends);
    const auto framing = ends ? Framing::kLength : parser_.http_1_0() ? Framing::kUntilClose : Framing::kChunked;
    const auto persistence = close_               ? Persistence::kClose
                             : parser_.http_1_0() ? Persistence::kKeepAliveHttp10
                                                  : Persistence::kKeepAlive;
    FormatHead(response_, persistence, worker_.Date(), &head_, framing);
    streaming_ = !ends;
    if (ends) return;
  }
  if (parser_.http_1_0()) return;
  if (response_.body.empty()) {
    tail_ = last ? "0\r\n\r\n" : "";
    return;
  }
  AppendChunkHead(response_.body.size(), &head_);
  tail_ = last ? "\r\n0\r\n\r\n" : "\r\n";
}

bool Connection::DropStream() {
  stream_.reset();
  return streaming_;
}

}  // namespace valence::net
