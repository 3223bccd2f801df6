// SPDX-License-Identifier: Apache-2.0
// Requests that are refused before the handler sees them. Most of the work that this costs would be to receive the
// body, so until it is decided that stays with the kernel, which throws it away if need be without showing it to us.
#include <utility>

#include "http_connection.h"
#include "http_worker.h"

namespace valence::net {

/// The header is here, the body is not.
Connection::Next Connection::AwaitBody() {
  if (stream_ != nullptr) {
    WantBody();
    return TakeBody(false);
  }
  // A chunked body cannot be passed over without being read.
  if (!parser_.has_length() || std::exchange(judged_, true)) {
    WantBody();
    return Next::kRead;
  }
  return worker_.MustQueue(request_.waited) ? QueueOrRefuse() : RefuseOrRead();
}

/// Where there is no room in the queue, now is the time to decide it: later that costs more. Only the answer waits.
Connection::Next Connection::QueueOrRefuse() {
  request_.queue_is_full = worker_.QueueIsFull();
  const bool refused = request_.queue_is_full && RefuseUnread();
  request_.queue_is_full = false;
  if (!refused) return Next::kQueue;
  DropRequest();
  if (begin_ == end_) ReturnBuffer();
  return Next::kSendLater;
}

Connection::Next Connection::RefuseOrRead() {
  if (RefuseUnread()) return Next::kSend;
  WantBody();
  return Next::kRead;
}

/// Whether the request is refused whatever its body says; then the answer is ready, and what is here of the body gone.
bool Connection::RefuseUnread() {
  if (!worker_.refuse()) return false;
  FillRequest();
  request_.body = {};
  BeginAnswer();
  if (!worker_.refuse()(worker_.index(), request_, &response_)) {
    worker_.ReturnRoom(&response_.body);  // nobody who waits keeps it from the others
    return false;
  }
  CompleteAnswer();
  if (parser_.complete()) return true;
  unread_ = parser_.announced_size() - Message().size();
  end_ = begin_ + parser_.size();  // the header: all of the rest is body
  return true;
}

/// Passes over the rest of a refused body, a little each time. The next request begins after it.
void Connection::SkipBody(Self self) {
  Enter(Phase::kSkip);
  const auto skipped = channel_.Skip(unread_);
  if (skipped.outcome == Channel::Outcome::kClosed) return;
  if (skipped.outcome == Channel::Outcome::kWaitWritable) return Await(std::move(self), Direction::kWrite);
  unread_ -= skipped.size;
  if (unread_ != 0) return Read(std::move(self));
  if (worker_.draining()) return Leave(std::move(self));
  Serve(std::move(self));
}

}  // namespace valence::net
