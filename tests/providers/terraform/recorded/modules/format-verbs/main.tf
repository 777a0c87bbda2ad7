output "verbs" {
  value = [
    format("%v %v %v", "s", 1.50, true),
    format("%v", { a = [1, "x"], b = null }),
    format("%#v", { a = [1, "x"] }),
    format("%d %+d %05d % d", 3, 3, 42, 7),
    format("%b %o %x %X", 5, 8, 255, 255),
    format("%e %f %.1f %g %G", 1234.5, 1.5, 2.25, 0.0001, 1e21),
    format("%s|%10s|%-10s|%.2s|%q", "text", "text", "text", "text", "te\"xt"),
    format("%[2]s %[1]s", "a", "b"),
    format("%%"),
    format("%s", 12), format("%d", "12"), format("%t", "true"),
  ]
}

output "lists" {
  value = [formatlist("%s-%s", "a", ["b", "c"]), formatlist("x"), formatlist("%s", [])]
}

output "dates" {
  value = [
    formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2026-01-02T23:12:01Z"),
    formatdate("EEE D MMMM YYYY H:mm AA 'o''clock' Z", "2026-12-31T13:02:03+02:00"),
    timeadd("2026-02-28T23:00:00Z", "1h30m"),
  ]
}
