BUCKET = "harbour"
ZONES = ["raw", "clean"]
