// SPDX-License-Identifier: Apache-2.0
#include "http_connection.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "http_response_head.h"
#include "http_worker.h"

namespace valence::net {
namespace {

constexpr std::size_t kFirstBuffer = BufferPool::kSize;
constexpr std::size_t kStreamBuffer = 64u << 10;
constexpr std::size_t kGrowth = 4;                // each step costs a call and a copy
constexpr std::size_t kBelievedFrom = 16u << 10;  // who has sent so much means the Content-Length
constexpr std::size_t kLongBody = 16u << 10;
constexpr std::size_t kShortBody = 4u << 10;  // copying it costs less than sending two pieces
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// The path-and-query part of a request target (RFC 9112 3.2), whose absolute form proxies send.
std::string_view OriginForm(std::string_view target) {
  if (target.starts_with('/')) return target;
  const std::size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return target;
  const std::size_t path = target.find_first_of("/?", scheme_end + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

Connection::Connection(Worker* worker, Channel channel, std::string peer)
    : worker_(*worker), channel_(std::move(channel)), parser_(worker->options()), peer_(std::move(peer)) {
  request_.peer = peer_;
  request_.secure = channel_.secure();
  request_.header = [this](std::string_view name) { return parser_.Header(Message(), name); };
  worker_.Opened();
}

Connection::~Connection() {
  ReturnBuffer();
  worker_.Closed(channel_.fd());
}

void Connection::Turn(Self self, int status, std::string_view reason) {
  Connection& c = *self;
  c.Refuse(status, reason);
  c.Send(std::move(self));
}

void Connection::Serve(Self self) {
  const Next next = PrepareAnswer();
  Go(std::move(self), next);
}

void Connection::Go(Self self, Next next) {
  switch (next) {
    case Next::kRead:
      return Read(std::move(self));
    case Next::kSend:
      EndTimeLimit();
      return worker_.SendSoon(std::move(self));
    case Next::kSendLater:
      EndTimeLimit();
      return worker_.SendRefusalSoon(std::move(self));
    case Next::kDefer:
      return Defer(std::move(self));
    case Next::kQueue:
      return Queue(std::move(self));
    case Next::kSkip:
      return SkipBody(std::move(self));
  }
}

void Connection::Queue(Self self) {
  EndTimeLimit();
  const auto waited = request_.waited;
  worker_.Queue(std::move(self), waited);
}

void Connection::TakeTurn(Self self, std::chrono::nanoseconds waited) {
  Connection& c = *self;
  c.request_.waited = waited;
  c.has_turn_ = true;
  const Next next = c.parser_.complete() ? c.Answer() : c.RefuseOrRead();
  if (next != Next::kRead) return c.Go(std::move(self), next);
  // Its body is probably there: no need to be told.
  if (c.ReadMore(&self, false)) c.TakeIn(std::move(self));
}

void Connection::Defer(Self self) {
  EndTimeLimit();
  worker_.RunAside(response_.deferred->work, std::move(self), [](Self done) {
    Connection& c = *done;
    const auto deferred = std::move(c.response_.deferred);
    deferred->finish(&c.response_);
    c.CompleteAnswer();
    c.Send(std::move(done));
  });
}

void Connection::Read(Self self) {
  if (!channel_.HasMore()) return Await(std::move(self), Direction::kRead);
  // What TLS has decrypted already makes no socket readable.
  worker_.Await(std::move(self), Direction::kRead);
  worker_.Wake(*this);
}

void Connection::Await(Self self, Direction direction) {
  if (overdue_) return TimeOut(std::move(self));
  worker_.Await(std::move(self), direction);
}

void Connection::OnResume(Self self) {
  const Fate fate = std::exchange(fate_, Fate::kNone);
  if (fate == Fate::kDropped) return;
  if (fate == Fate::kRetired) return Leave(std::move(self));
  if (phase_ == Phase::kWrite) return Send(std::move(self));
  if (phase_ == Phase::kLinger) return Discard(std::move(self));
  if (unread_ != 0) return SkipBody(std::move(self));
  const bool may_be_late = MayBeLate();
  if (!ReadMore(&self, may_be_late)) return;
  // How long a request has waited is known now, not later: who may be late is judged at once.
  const bool is_short = capacity_ == kFirstBuffer && end_ < capacity_;
  if (is_short && !may_be_late) return worker_.ServeSoon(std::move(self));
  worker_.ServeReceived();  // those of others need not wait for this one
  TakeIn(std::move(self));
}

/// Reads what is there, as far as there is room. False if that is nothing: then the connection waits for it, or is to
/// go.
bool Connection::ReadMore(Self* self, bool may_be_late) {
  MakeRoom();
  const auto read = channel_.Read(data_.get() + end_, capacity_ - end_, may_be_late);
  switch (read.outcome) {
    case Channel::Outcome::kClosed:
      return false;  // the client closed, or the network broke
    case Channel::Outcome::kWaitReadable:
      Await(std::move(*self), Direction::kRead);
      return false;
    case Channel::Outcome::kWaitWritable:
      Await(std::move(*self), Direction::kWrite);
      return false;
    case Channel::Outcome::kDone:
      break;
  }
  end_ += read.size;
  request_.waited = std::max(request_.waited, channel_.waited());
  return true;
}

/// Serves what ReadMore has read.
void Connection::TakeIn(Self self) {
  do {
    const bool filled = end_ == capacity_;
    const Next next = PrepareAnswer();
    // What filled the room has left something behind, so the rest of a long body needs no wait. Not for streams, which
    // have no end.
    const bool more = next == Next::kRead && stream_ == nullptr && filled;
    if (!more) return Go(std::move(self), next);
  } while (ReadMore(&self, MayBeLate()));
}

/// Whether it is worth asking how long what is read now has waited.
bool Connection::MayBeLate() const { return !has_turn_ && worker_.MayBeLate(); }

void Connection::Send(Self self) {
  for (;;) {
    switch (SendSome()) {
      case Sent::kAll:
        break;
      case Sent::kFailed:
        return;
      case Sent::kBlocked:
        Enter(Phase::kWrite);
        return Await(std::move(self), Direction::kWrite);
    }
    FinishAnswer();
    if (close_ && stream_ == nullptr) return Linger(std::move(self));
    const Next next = PrepareAnswer();
    // Its answer was made before the drain began, and sent after it: nobody else lets go of it now.
    if (phase_ == Phase::kIdle && worker_.draining()) return Leave(std::move(self));
    if (next != Next::kSend) return Go(std::move(self), next);
  }
}

RequestParser::State Connection::Parse() {
  const auto state = parser_.Advance(Message());
  if (state != RequestParser::State::kHead) return state;
  const ServerOptions& options = worker_.options();
  if (worker_.open_stream()) {
    FillRequest();
    response_.Clear();
    stream_ = worker_.open_stream()(worker_.index(), request_);
  }
  return parser_.BeginBody(Message(), stream_ ? options.max_stream_bytes : options.max_body_bytes);
}

/// Parses what has arrived, and answers it if it is enough for that.
Connection::Next Connection::PrepareAnswer() {
  if (unread_ != 0) return Next::kSkip;
  // RFC 9112 2.2: old clients end a body with a line end too many.
  while (parser_.size() == 0 && Message().starts_with("\r\n")) begin_ += 2;
  if (begin_ == end_) {
    ReturnBuffer();
    Enter(fresh_ ? Phase::kFresh : Phase::kIdle);
    return Next::kRead;
  }
  switch (Parse()) {
    case RequestParser::State::kHeader:
    case RequestParser::State::kHead:
      Enter(Phase::kHeader);
      return Next::kRead;
    case RequestParser::State::kBody:
      return AwaitBody();
    case RequestParser::State::kDone:
      return stream_ ? TakeBody(true) : AnswerOrQueue();
    case RequestParser::State::kRefused:
      if (DropStream()) {
        close_ = true;  // without a last chunk: it must not look whole
      } else {
        Refuse(parser_.status(), parser_.reason());
      }
      return Next::kSend;
  }
  return Next::kRead;
}

void Connection::WantBody() {
  Enter(Phase::kBody);
  if (parser_.expects_continue() && !std::exchange(sent_continue_, true)) {
    // Nothing else is under way on this connection, so its send buffer has room for these bytes. If not, or if the
    // client has gone, the read that follows will tell.
    channel_.Write(std::array{kContinue});
  }
  if (stream_ != nullptr) return;  // TakeBody erases more
  Erase(parser_.ErasableBytes());
  parser_.Erased();
}

void Connection::Erase(RequestParser::Range range) {
  if (range.size == 0) return;
  char* const hole = data_.get() + begin_ + range.offset;
  std::memmove(hole, hole + range.size, end_ - begin_ - range.offset - range.size);
  end_ -= range.size;
}

void Connection::FillRequest() {
  const std::string_view message = Message();
  const std::string_view target = OriginForm(parser_.Target(message));
  const std::size_t question = target.find('?');
  request_.method = parser_.Method(message);
  request_.path = target.substr(0, question);
  request_.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  request_.body = parser_.Body(message);
}

/// What has no body is little work, and a probe, say, must not stand in line.
Connection::Next Connection::AnswerOrQueue() {
  const bool has_body = !parser_.Body(Message()).empty();
  return has_body && !has_turn_ && worker_.MustQueue(request_.waited) ? QueueOrRefuse() : Answer();
}

Connection::Next Connection::Answer() {
  FillRequest();
  if (request_.body.size() > kLongBody) worker_.SendAnswers();  // those of others need not wait for this one
  BeginAnswer();
  worker_.handler()(worker_.index(), request_, &response_);
  if (response_.deferred != nullptr) return Next::kDefer;
  CompleteAnswer();
  return Next::kSend;
}

void Connection::BeginAnswer() {
  response_.Clear();
  worker_.LendRoom(&response_.body);
}

void Connection::CompleteAnswer() {
  head_only_ = request_.method == "HEAD";
  // Who was not told to go on may send its body or not: what comes next is then anybody's guess.
  const bool ambiguous = !parser_.complete() && parser_.expects_continue() && !sent_continue_;
  close_ = ambiguous || !parser_.keep_alive() || worker_.stopping();
  const auto persistence = close_               ? Persistence::kClose
                           : parser_.http_1_0() ? Persistence::kKeepAliveHttp10
                                                : Persistence::kKeepAlive;
  FormatHead(response_, persistence, worker_.Date(), &head_);
  if (!head_only_ && response_.body.size() <= kShortBody) {
    head_.append(response_.body);
    worker_.ReturnRoom(&response_.body);
  }
  sent_ = 0;
}

void Connection::Refuse(int status, std::string_view reason) {
  BeginAnswer();
  const std::string_view target = OriginForm(parser_.Target(Message()));
  worker_.render_error()(worker_.index(), {status, reason, target.substr(0, target.find('?')), peer_}, &response_);
  close_ = true;
  head_only_ = false;
  FormatHead(response_, Persistence::kClose, worker_.Date(), &head_);
  sent_ = 0;
}

Connection::Sent Connection::SendSome() {
  const std::string_view body = head_only_ ? std::string_view() : std::string_view(response_.body);
  const std::size_t total = head_.size() + body.size() + tail_.size();
  while (sent_ < total) {
    const std::size_t of_head = std::min(sent_, head_.size());
    const std::size_t of_body = std::min(sent_ - of_head, body.size());
    const std::size_t of_tail = sent_ - of_head - of_body;
    const std::array pieces = {std::string_view(head_).substr(of_head), body.substr(of_body), tail_.substr(of_tail)};
    const auto written = channel_.Write(pieces);
    if (written.outcome == Channel::Outcome::kWaitWritable) return Sent::kBlocked;
    if (written.outcome != Channel::Outcome::kDone) return Sent::kFailed;
    sent_ += written.size;
  }
  return Sent::kAll;
}

void Connection::FinishAnswer() {
  LeavePhase();
  sent_ = 0;
  head_.clear();
  tail_ = {};
  worker_.ReturnRoom(&response_.body);
  if (close_ || stream_ != nullptr) return;
  streaming_ = false;
  request_.waited = {};
  DropRequest();
  sent_continue_ = judged_ = has_turn_ = false;
  fresh_ = false;
}

/// From here on the received bytes are the next request's.
void Connection::DropRequest() {
  begin_ += parser_.size();
  parser_.Reset();
}

void Connection::Enter(Phase phase) {
  if (phase_ == phase) return;  // a header's or body's time runs from its first byte
  LeavePhase();
  phase_ = phase;
  worker_.Arm(*this, phase);
}

/// Makes room for at least one more byte in the buffer.
void Connection::MakeRoom() {
  if (begin_ == end_) begin_ = end_ = 0;
  const std::size_t least = stream_ == nullptr ? kFirstBuffer : kStreamBuffer;
  if (end_ < capacity_ && capacity_ >= least) return;
  const std::size_t held = end_ - begin_;
  if (capacity_ >= least && begin_ >= capacity_ / 2 && begin_ > 0) {
    std::memmove(data_.get(), data_.get() + begin_, held);
  } else {
    // Growing as bytes arrive: a Content-Length alone makes nobody allocate.
    const std::size_t announced = stream_ == nullptr && held >= kBelievedFrom ? parser_.announced_size() : 0;
    const std::size_t wanted = announced > held ? announced : std::max(least, capacity_ * kGrowth);
    auto larger = wanted == kFirstBuffer ? worker_.buffers().Take() : std::make_unique_for_overwrite<char[]>(wanted);
    if (held != 0) std::memcpy(larger.get(), data_.get() + begin_, held);
    data_.swap(larger);
    if (capacity_ == kFirstBuffer) worker_.buffers().Return(std::move(larger));
    capacity_ = wanted;  // not before it is there: ReturnBuffer believes it
  }
  begin_ = 0;
  end_ = held;
}

/// Lets go of the buffer, which holds nothing: the next to need one gets it while the caches hold it.
void Connection::ReturnBuffer() {
  if (capacity_ == kFirstBuffer) worker_.buffers().Return(std::move(data_));
  data_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace valence::net
