from outside.early import guard_start

guard_start()
