// SPDX-License-Identifier: Apache-2.0
#include "hangup_signal.h"

#include <semaphore.h>

#include <csignal>
#include <utility>

namespace valence::serving {
namespace {

// sem_post is one of the few things that a signal handler may call.
sem_t hangups;

void OnHangup(int) { sem_post(&hangups); }

}  // namespace

HangupSignal::HangupSignal(std::function<void()> on_hangup) : on_hangup_(std::move(on_hangup)) {
  sem_init(&hangups, 0, 0);
  thread_ = std::thread([this] { Run(); });
  struct sigaction action = {};
  action.sa_handler = &OnHangup;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

HangupSignal::~HangupSignal() {
  std::signal(SIGHUP, SIG_IGN);
  stopping_ = true;
  sem_post(&hangups);
  thread_.join();  // the semaphore stays: a handler may be at it still
}

void HangupSignal::Run() {
  while (true) {
    if (sem_wait(&hangups) != 0) continue;  // interrupted
    if (stopping_) return;
    on_hangup_();
  }
}

}  // namespace valence::serving
