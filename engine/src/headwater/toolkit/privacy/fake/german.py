"""Invented data in German.

Telephone numbers: those the Bundesnetzagentur keeps for film and television ("Rufnummern für die Verwendung in
Medienproduktionen").
"""

from __future__ import annotations

from headwater.toolkit.privacy.fake.words import Draw, Words, digits, listed

_NUMBERS = ("30 23125", "40 66969", "69 90009", "89 99998")


def _street(name: str, number: int) -> str:
    return f"{name} {number}"


def _postcode(draw: Draw) -> str:
    return str(10_000 + draw(89_999)).zfill(5)


def _phone(draw: Draw) -> str:
    return f"+49 {_NUMBERS[draw(len(_NUMBERS))]}{digits(draw, 3)}"


def _account(draw: Draw) -> str:
    # No bank has a number that begins with 9.
    return f"9{digits(draw, 7)}{digits(draw, 10)}"


WORDS = Words(
    first_names=listed("""
        Alexander, Andrea, Anja, Anke, Anna, Antje, Astrid, Barbara, Bernd, Birgit, Brigitte, Carla, Christian,
        Claudia, Clemens, Daniel, Dieter, Dirk, Elena, Elias, Elke, Emma, Erik, Eva, Felix, Finn, Florian,
        Frank, Frieda, Gabriele, Georg, Gerd, Greta, Hanna, Hannes, Heike, Heinz, Helga, Helmut, Ida, Ilse,
        Ingo, Ingrid, Jakob, Jan, Jana, Johanna, Jonas, Jörg, Julia, Jürgen, Karin, Karl, Katharina, Kathrin,
        Klaus, Konrad, Lara, Lars, Lea, Lena, Leon, Lina, Luisa, Lukas, Manfred, Maria, Marie, Markus, Martin,
        Martina, Mathilda, Matthias, Max, Michael, Monika, Moritz, Nele, Nicole, Nina, Oskar, Paul, Paula,
        Peter, Petra, Rainer, Ralf, Renate, Robert, Sabine, Sarah, Silke, Simon, Sofia, Stefan, Susanne, Theo,
        Thomas, Tobias, Ulrike, Ursula, Uwe, Wolfgang"""),
    last_names=listed("""
        Albrecht, Arnold, Bauer, Baumann, Beck, Becker, Berger, Bergmann, Böhm, Brandt, Braun, Busch, Dietrich,
        Engel, Fischer, Frank, Franke, Friedrich, Fuchs, Graf, Groß, Günther, Haas, Hahn, Hartmann, Heinrich,
        Herrmann, Hoffmann, Hofmann, Horn, Huber, Jäger, Jung, Kaiser, Keller, Klein, Koch, Köhler, König,
        Kraus, Krause, Kröger, Krüger, Kuhn, Kühn, Lang, Lange, Lehmann, Lorenz, Ludwig, Maier, Martin, Mayer,
        Meier, Meyer, Möller, Müller, Neumann, Otto, Peters, Pfeiffer, Pohl, Richter, Roth, Sauer, Schäfer,
        Scherer, Schmid, Schmidt, Schmitt, Schneider, Scholz, Schreiber, Schröder, Schubert, Schulte, Schulz,
        Schumacher, Schuster, Schwarz, Seidel, Simon, Sommer, Stein, Thomas, Vogel, Vogt, Voigt, Wagner, Walter,
        Weber, Weiß, Werner, Winkler, Winter, Wolf, Wolff, Ziegler, Zimmermann"""),
    cities=listed("""
        Aalen, Ahlen, Amberg, Ansbach, Aurich, Bad Homburg, Bamberg, Bautzen, Bayreuth, Bocholt, Bottrop, Celle,
        Coburg, Cottbus, Dachau, Dessau, Detmold, Düren, Emden, Erding, Eschwege, Esslingen, Flensburg,
        Freising, Fulda, Gera, Goslar, Gotha, Greifswald, Gütersloh, Hameln, Hanau, Herford, Hof, Husum, Jena,
        Kempten, Kleve, Konstanz, Landshut, Lindau, Lüneburg, Marburg, Minden, Neuss, Passau, Pirna, Plauen,
        Ravensburg, Rheine, Rosenheim, Schwerin, Siegen, Speyer, Stade, Straubing, Suhl, Trier, Tübingen, Ulm,
        Verden, Weimar, Wesel, Wetzlar, Worms, Zwickau"""),
    streets=listed("""
        Ahornweg, Akazienallee, Am Anger, Am Bach, Am Markt, Amselweg, Bachstraße, Bahnhofstraße,
        Beethovenstraße, Bergstraße, Birkenweg, Blumenstraße, Brückenstraße, Brunnenweg, Buchenweg, Burgstraße,
        Dorfstraße, Drosselweg, Eichenweg, Erlenweg, Feldstraße, Fichtenweg, Finkenweg, Fliederweg,
        Gartenstraße, Goethestraße, Grabenstraße, Hauptstraße, Heideweg, Hohe Straße, Im Winkel, Kastanienallee,
        Kirchstraße, Klosterstraße, Lerchenweg, Lindenallee, Lindenstraße, Marktplatz, Meisenweg, Mittelstraße,
        Mozartstraße, Mühlenweg, Mühlstraße, Neue Straße, Parkstraße, Poststraße, Quellenweg, Ringstraße,
        Rosenweg, Schillerstraße, Schlossstraße, Schulstraße, Seestraße, Sonnenstraße, Talstraße, Tannenweg,
        Turmstraße, Uferweg, Ulmenweg, Waldstraße, Wiesenweg, Ziegelstraße"""),
    company_words=listed("""
        Adler, Ahorn, Alpen, Anker, Birken, Brücken, Buchen, Dünen, Eichen, Elb, Falken, Feld, Fichten, Fjord,
        Fluss, Garten, Grün, Hafen, Hansa, Harz, Heide, Hoch, Insel, Kiefern, Kranich, Kupfer, Küsten, Licht,
        Linden, Main, Markt, Moor, Mühlen, Neckar, Nord, Ost, Park, Quellen, Reiher, Rhein, Ring, Sand,
        Schiefer, See, Silber, Sonnen, Stein, Strand, Süd, Tal, Turm, Ufer, Wald, Weser, West, Wiesen"""),
    company_forms=("GmbH", "AG", "KG", "GmbH & Co. KG", "OHG", "UG", "eG", "& Söhne GmbH"),
    country="DE",
    street=_street,
    postcode=_postcode,
    phone=_phone,
    account=_account,
)
