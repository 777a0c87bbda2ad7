output "integers" {
  value = [9007199254740993, 123456789012345678901234567890]
}

output "fractions" {
  value = [0.1 + 0.2, 1 / 3, 10 / 5, 2.50, 1e-3, 1.5e3]
}

output "functions" {
  value = [abs(-3.5), ceil(1.2), floor(-1.2), max(1, 5, 3), min([4, 2]...), pow(2, 10), signum(-9), parseint("ff", 16), log(8, 2)]
}

output "text" {
  value = [tostring(1.0), tostring(12.340), format("%d %5.2f %s %q %v %03d %x", 3, 2.345, "s", "q", [1], 7, 255), tonumber("1e2")]
}

output "sums" {
  value = [sum([1, 2.5, 3]), sum([for n in range(5) : n * n]), length(range(1, 10, 3))]
}

output "range" {
  value = [range(3), range(2, 5), range(10, 4, -2)]
}
