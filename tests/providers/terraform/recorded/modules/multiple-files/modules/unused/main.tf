output "never" {
  value = undefined_function_is_not_reached_since_nobody_calls_this
}
