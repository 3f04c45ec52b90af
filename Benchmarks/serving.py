"""The common part of the server measurements: builds programs, starts them pinned to cores, and stops them by process id."""
import datetime, hashlib, hmac, http.client, json, os, signal, socket, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ACCESS_KEY, SECRET_KEY, REGION, MODEL = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "amazon.nova-lite-v1:0"
SYSTEM = "You are a helpful assistant of a company. Answer in 300 to 500 words, and say so where you do not know."
MESSAGE = "What does a purser do aboard a ship, and why is that a good name for a program that watches a bill? " * 3
# The measured server has this core to itself; the fake Bedrock and the load share the other.
SERVER_CORE, OTHER_CORE = 0, 1
NO_LIMITS = {
    "PURSERD_RATE_BURST": "1000000", "PURSERD_RATE_STEADY": "1000000", "PURSERD_RATE_PER_ADDRESS": "1000000",
    "PURSERD_QUOTA": "1000000000", "PURSERD_BUDGET_USD": "100000",
}


def build(product, *more):
    command = ["swift", "build", "-c", "release", "--product", product, *more]
    environment = dict(os.environ, PURSER_BENCHMARKS="1")
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    show = command + ["--show-bin-path"]
    found = subprocess.run(show, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return os.path.join(found.stdout.strip(), product)


def add_program_flags(parser):
    for name in ("fake", "load", "purserd"):
        parser.add_argument(f"--{name}", help=f"an existing release build to use instead of building one")


def programs(options, with_purserd=True):
    options.fake = options.fake or build("FakeBedrock")
    options.load = options.load or build("Load")
    if with_purserd:
        options.purserd = options.purserd or build("purserd", "--static-swift-stdlib")
    return options


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """One of our servers or a peer, on one core."""

    def __init__(self, command, environment, core, log=None, says_ready=True):
        self.log = open(log, "w") if log else subprocess.DEVNULL
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8",
                 "AWS_EC2_METADATA_DISABLED": "true", **environment},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE if says_ready else self.log, stderr=self.log, text=True)
        self.pid = self.process.pid
        if says_ready:
            # The log is on standard output as well: the line that says ready need not be the first.
            lines = (json.loads(line) for line in self.process.stdout)
            line = next((line for line in lines if "listen" in line), None)
            if line is None:
                sys.exit(f"{command[0]} did not start")
            self.address = line["listen"]
            # Its later log must not fill the pipe.
            self.drain = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=self.log)
            self.process.stdout.close()

    @property
    def port(self):
        return int(self.address.rsplit(":", 1)[1])

    def resident(self):
        """Returns the resident MiB of the process and its children."""
        family, at = [self.pid], 0
        while at < len(family):
            for task in os.listdir(f"/proc/{family[at]}/task"):
                with open(f"/proc/{family[at]}/task/{task}/children") as children:
                    family += [int(child) for child in children.read().split()]
            at += 1
        total = 0
        for pid in family:
            with open(f"/proc/{pid}/status") as status:
                total += sum(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        return total / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def get(port, path, timeout=10):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def post(port, path, body, timeout=60):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def first_answer(server, port, path, body):
    """Returns the seconds from the start until a call is answered with 200."""
    while True:
        try:
            if post(port, path, body)[0] == 200:
                return time.monotonic() - server.started
        except (OSError, http.client.HTTPException):
            pass
        if server.process.poll() is not None or time.monotonic() - server.started > 300:
            sys.exit("a server did not start")
        time.sleep(0.005)


def start_fake(options, *flags):
    return Program([options.fake, "--max-skew-seconds", "1000000", "--output-tokens", "64", *flags],
                   {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}, OTHER_CORE)


def start_purserd(options, fake, folder, name="purser.db", **more):
    environment = {
        "PURSERD_LISTEN": "127.0.0.1:0", "PURSER_STORE": os.path.join(folder, name), "PURSERD_MODEL": "bedrock",
        "PURSERD_MODEL_ID": MODEL, "PURSERD_AUTH": "none", "PURSERD_SYSTEM_PROMPT": SYSTEM,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{fake.port}", "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "PURSERD_LOG_LEVEL": "warning", **NO_LIMITS, **more,
    }
    return Program([options.purserd], environment, SERVER_CORE, log=os.path.join(folder, "purserd.log"))


def load(options, port, path, body, *flags, headers=()):
    """Runs the load generator on the fake's core, and returns its figures."""
    command = ["taskset", "-c", str(OTHER_CORE), options.load, "--to", f"127.0.0.1:{port}", "--path", path, "--body", body]
    for header in headers:
        command += ["--header", header]
    result = subprocess.run(command + [str(flag) for flag in flags], check=True, capture_output=True, text=True)
    return json.loads(result.stdout)


def converse_body():
    return json.dumps({
        "system": [{"text": SYSTEM}], "messages": [{"role": "user", "content": [{"text": MESSAGE}]}],
        "inferenceConfig": {"maxTokens": 1000},
    })


def direct(options, fake, *flags):
    """Puts the same load on the fake itself: the headers are signed once, and the fake accepts them however old they are."""
    body, date = converse_body(), datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    path = "/model/" + MODEL.replace(":", "%3A") + "/converse"
    host, scope = f"127.0.0.1:{fake.port}", f"{date[:8]}/{REGION}/bedrock/aws4_request"
    canonical = "\n".join(["POST", path.replace("%", "%25"), "", f"host:{host}", f"x-amz-date:{date}", "", "host;x-amz-date",
                           hashlib.sha256(body.encode()).hexdigest()])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET_KEY).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    authorization = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
    headers = [f"Host: {host}", f"X-Amz-Date: {date}", f"Authorization: {authorization}"]
    return load(options, fake.port, path, body, *flags, headers=headers)


def all_answered(figures):
    """Whether every request was answered with 200."""
    return figures["answered"] == {"200": figures["sent"]}


def temporary_folder():
    # In the repository, because /tmp may be in memory: the figures must include the cost of a disk.
    folder = os.environ.get("PURSER_BENCHMARK_FOLDER", ROOT + "/.build")
    os.makedirs(folder, exist_ok=True)
    return tempfile.mkdtemp(prefix="purser-serving-", dir=folder)


def median(values):
    return statistics.median(values)
