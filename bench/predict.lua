-- SPDX-License-Identifier: Apache-2.0
-- wrk: POSTs one review of 1,300 bytes as JSON to /predict. The text is put together from the words below, the same
-- each time; `valence serve` has no cache, so that makes no difference to it.
local words = {
  "the", "film", "was", "a", "wonderful", "surprise", "and", "its", "cast", "never", "boring", "although", "some",
  "scenes", "felt", "too", "long", "for", "such", "simple", "story", "I", "would", "watch", "it", "again", "with",
  "friends", "because", "music", "pictures", "dialogue", "are", "well", "made", "but", "ending", "disappointed", "me",
}
local parts, size, seed = {}, 0, 7
while size < 1300 do
  seed = (seed * 1103515245 + 12345) % 2147483648
  local word = words[math.floor(seed / 65536) % #words + 1]
  parts[#parts + 1] = word
  size = size + #word + 1
end
local text = string.sub(table.concat(parts, " "), 1, 1300)

wrk.method = "POST"
wrk.body = '{"text":"' .. text .. '"}'
wrk.headers["Content-Type"] = "application/json"

function done(summary, latency)
  local seconds = summary.duration / 1e6
  local errors = summary.errors
  io.write(string.format(
    '{"requests_per_second":%.0f,"p50_seconds":%.6f,"p99_seconds":%.6f,"failed":%d}\n', summary.requests / seconds,
    latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
