import Foundation
import FoundationXML
import Testing

/// `netc bench`: what it tells of each step, and the page that it writes.
@Suite struct `netc bench` {
    /// A convolution by Winograd's algorithm and one that is depthwise, with names that a page must not take for its own text.
    private static let hostileName = #"<script>alert('1')<b>&"q" --> ]]>\u202e"#
    private static let network = """
        x = Input((28, 28, 16), name="x")
        a = Conv2D(32, 3, padding="same", activation="relu", name='\(hostileName.replacing("'", with: #"\'"#))')(x)
        b = DepthwiseConv2D(3, padding="same")(a)
        y = Dense(10, activation="softmax", name="probs")(Flatten()(MaxPooling2D(2)(b)))
        """

    private func layers(_ arguments: [String]) throws -> [[String: Any]] {
        let scratch = Scratch()
        let outcome = try netc(["bench", scratch.write("small.net", Self.network), "--json"] + arguments)
        try #require(outcome.code == 0, "\(outcome.errors)")
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return try #require(report?["layers"] as? [[String: Any]])
    }

    @Test func `a step by Winograd's algorithm has the layer's multiply-adds and its own products`() throws {
        let step = try #require(layers([]).first { ($0["macs"] as? Int ?? 0) > 3_000_000 })
        // 28×28 pixels of 9 × 16 × 32; 7×7 tiles of 6×6 × 16 × 32.
        #expect(step["macs"] as? Int == 784 * 9 * 512)
        #expect(step["products"] as? Int == 49 * 36 * 512)
        // Two images and kernels of 6×6, in float32.
        #expect(step["bytes"] as? Int == 4 * (784 * 48 + 36 * 512))
        let rates = ["gmacs_per_s", "gproducts_per_s"].map { step[$0] as? Double ?? 0 }
        #expect(abs(rates[0] / rates[1] - 4) < 1e-9)
        let strict = try #require(layers(["--precision", "strict"]).first { ($0["macs"] as? Int ?? 0) > 3_000_000 })
        #expect(strict["products"] as? Int == 784 * 9 * 512)
    }

    @Test func `every step tells its bound`() throws {
        for step in try layers([]) {
            #expect(["arithmetic", "memory"].contains(step["bound"] as? String ?? ""))
            #expect((step["share_of_bound"] as? Double ?? 0) > 0)
        }
    }

    @Test func `the page holds the chart and a bar for each step, and nothing of the user as markup`() throws {
        let scratch = Scratch()
        let outcome = try netc([
            "bench", scratch.write("small.net", Self.network), "--html", scratch.path + "/page.html",
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("of bound"), "the table is printed besides")
        let text = try String(contentsOfFile: scratch.path + "/page.html", encoding: .utf8)
        for absent in ["<script", "\u{202E}", "http:", "https:", "src=", "href=", "url("] {
            #expect(!text.contains(absent), "\(absent)")
        }
        let page = try Page(text)
        // The copy of the input, convolution, depthwise, pooling, dense, softmax; three of them multiply.
        #expect(page.count("tr") == 1 + 6)
        #expect(page.count("svg", in: "bar") == 6)
        #expect(page.count("svg", in: "chart") == 1 && page.count("circle") == 3)
        #expect(page.titles.contains { $0.contains(Self.hostileName) })
        #expect(page.texts.contains { $0 == Self.hostileName })
    }

    @Test func `a page that can't be written is told as such`() throws {
        let scratch = Scratch()
        let path = scratch.path + "/missing/page.html"
        let outcome = try netc(["bench", scratch.write("small.net", Self.network), "--html", path])
        #expect(outcome.code == 74 && outcome.errors.contains(path))
    }
}

/// What a page of HTML that is also XML holds.
private final class Page: NSObject, XMLParserDelegate {
    private var elements: [(name: String, attributes: [String: String])] = []
    private(set) var texts: [String] = []
    private var text = ""

    var titles: [String] { elements.compactMap { $0.attributes["title"] } }

    init(_ text: String) throws {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        try #require(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }

    func count(_ name: String, in kind: String? = nil) -> Int {
        elements.filter { $0.name == name && (kind == nil || $0.attributes["class"] == kind) }.count
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
        attributes: [String: String]
    ) {
        elements.append((name, attributes))
        text = ""
    }

    func parser(_: XMLParser, foundCharacters characters: String) { text += characters }

    func parser(_: XMLParser, didEndElement _: String, namespaceURI _: String?, qualifiedName _: String?) {
        texts.append(text)
        text = ""
    }
}
