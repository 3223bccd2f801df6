// SPDX-License-Identifier: Apache-2.0
// How a connection ends other than by its client: its time is over, the server stops, or the answer said so.
#include <utility>

#include "http_connection.h"
#include "http_worker.h"

namespace valence::net {

void Connection::Expire() {
  if (phase_ == Phase::kHeader || phase_ == Phase::kBody) {
    overdue_ = true;
  } else {
    fate_ = Fate::kDropped;
  }
  worker_.Wake(*this);
}

void Connection::Retire() {
  LeavePhase();
  fate_ = Fate::kRetired;
  worker_.Wake(*this);
}

void Connection::TimeOut(Self self) {
  LeavePhase();
  if (DropStream()) return;
  Refuse(408, "the request took too long to arrive");
  Send(std::move(self));
}

/// Ends an idle connection, unless a request has arrived meanwhile: closing on it would lose it.
void Connection::Leave(Self self) {
  MakeRoom();
  const auto read = channel_.Read(data_.get() + end_, capacity_ - end_, false);
  if (read.outcome == Channel::Outcome::kClosed) return;
  if (read.outcome != Channel::Outcome::kDone) return Linger(std::move(self));
  end_ += read.size;
  Serve(std::move(self));
}

void Connection::Linger(Self self) {
  if (!channel_.Shutdown()) return;
  Enter(Phase::kLinger);
  Discard(std::move(self));
}

/// Reads until the client closes. A little each time: it may go on sending.
void Connection::Discard(Self self) {
  if (channel_.Discard().outcome != Channel::Outcome::kClosed) Await(std::move(self), Direction::kRead);
}

}  // namespace valence::net
