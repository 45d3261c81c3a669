"""Invented data in French.

Telephone numbers: those the Arcep keeps for audiovisual works (decision 2018-0881, annex: 01 99 00 xx xx and alike).
"""

from __future__ import annotations

from headwater.toolkit.privacy.fake.words import Draw, Words, digits, listed

_NUMBERS = ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49", "6 39 98")


def _street(name: str, number: int) -> str:
    return f"{number} {name}"


def _postcode(draw: Draw) -> str:
    return f"{1 + draw(95):02}{digits(draw, 3)}"


def _phone(draw: Draw) -> str:
    return f"+33 {_NUMBERS[draw(len(_NUMBERS))]} {digits(draw, 2)} {digits(draw, 2)}"


def _account(draw: Draw) -> str:
    return f"9{digits(draw, 9)}{digits(draw, 13)}"


WORDS = Words(
    first_names=listed("""
        Adèle, Adrien, Agathe, Alain, Alexandre, Alice, Amélie, André, Anne, Antoine, Arthur, Aurélie, Baptiste,
        Béatrice, Benoît, Bernard, Bruno, Camille, Caroline, Catherine, Cécile, Céline, Charles, Chloé,
        Christine, Claire, Claude, Clément, Damien, Daniel, Denis, Diane, Dominique, Edith, Élise, Éloïse,
        Émile, Emma, Éric, Étienne, Fabien, Florence, Francis, François, Françoise, Gabriel, Georges, Gilles,
        Guillaume, Hélène, Henri, Hugo, Inès, Isabelle, Jacques, Jean, Jeanne, Jules, Julie, Julien, Laurent,
        Léa, Léon, Louis, Louise, Luc, Lucie, Madeleine, Manon, Marc, Margaux, Marie, Martin, Mathilde, Maurice,
        Michel, Monique, Nathalie, Nicolas, Noémie, Olivier, Pascal, Patrice, Paul, Pauline, Philippe, Pierre,
        René, Robert, Roger, Sabine, Sophie, Simon, Sylvie, Thérèse, Thomas, Vincent, Yves, Zoé"""),
    last_names=listed("""
        André, Arnaud, Aubert, Barbier, Baron, Benoit, Berger, Bernard, Bertrand, Blanc, Blanchard, Bonnet,
        Bouvier, Boyer, Brun, Brunet, Caron, Charpentier, Chevalier, Clément, Colin, David, Denis, Deschamps,
        Dubois, Dufour, Dumas, Dumont, Dupont, Dupuis, Durand, Duval, Fabre, Faure, Fleury, Fontaine, Fournier,
        François, Gaillard, Garnier, Gauthier, Gautier, Gérard, Girard, Giraud, Guérin, Guillaume, Henry,
        Hubert, Jacquet, Jean, Joly, Lacroix, Lambert, Laurent, Leclerc, Leclercq, Lecomte, Lefebvre, Lefèvre,
        Legrand, Lemaire, Lemoine, Leroux, Leroy, Louis, Marchand, Marie, Martin, Martinez, Masson, Mathieu,
        Mercier, Meunier, Meyer, Michel, Moreau, Morel, Morin, Muller, Nicolas, Noël, Olivier, Perrin, Petit,
        Philippe, Picard, Pierre, Renard, Renaud, Rey, Richard, Rivière, Robert, Robin, Roche, Rolland,
        Rousseau, Roussel, Roux, Roy, Simon, Thomas, Vidal, Vincent"""),
    cities=listed("""
        Agen, Albi, Alençon, Angoulême, Annecy, Antibes, Arles, Arras, Aubagne, Auch, Aurillac, Auxerre,
        Avignon, Bayonne, Beaune, Beauvais, Belfort, Béziers, Blois, Bourges, Brive, Cahors, Calais, Cannes,
        Castres, Chartres, Cholet, Colmar, Dieppe, Dinan, Dole, Épinal, Évreux, Foix, Fréjus, Gap, Guéret, Laon,
        Laval, Libourne, Lorient, Lourdes, Mâcon, Melun, Mende, Millau, Moulins, Nevers, Niort, Orange, Pau,
        Périgueux, Poitiers, Privas, Quimper, Rodez, Roanne, Saintes, Saumur, Sedan, Senlis, Tarbes, Troyes,
        Tulle, Valence, Vannes, Verdun, Vesoul, Vichy"""),
    streets=listed("""
        allée des Tilleuls, avenue de la Gare, avenue de la Liberté, avenue des Acacias, avenue du Parc,
        boulevard Carnot, boulevard Voltaire, chemin des Vignes, chemin du Moulin, impasse des Lilas,
        place de la Mairie, place du Marché, quai de la Marne, route de Lyon, rue de la Fontaine,
        rue de la Paix, rue de la Poste, rue de l'Église, rue des Champs, rue des Écoles, rue des Fleurs,
        rue des Jardins, rue des Lilas, rue des Prés, rue des Roses, rue du Bois, rue du Château, rue du Lavoir,
        rue du Pont, rue du Stade, rue Jean Jaurès, rue Molière, rue Pasteur, rue Racine, rue Victor Hugo,
        rue Verte, ruelle du Puits, sentier des Dunes, square des Ormes, voie Romaine"""),
    company_words=listed("""
        Aigle, Alpes, Ancre, Ardoise, Argent, Atlas, Aube, Azur, Bois, Boréal, Bruyère, Cèdre, Chêne, Clair,
        Colline, Corail, Cuivre, Delta, Dune, Érable, Étoile, Falaise, Fontaine, Forêt, Frêne, Granit, Horizon,
        Île, Jardin, Jonquille, Lac, Lanterne, Lavande, Lierre, Lumière, Marée, Méridien, Mistral, Moulin,
        Mousse, Nord, Océan, Olivier, Orme, Phare, Pin, Plaine, Pont, Prairie, Rivage, Roche, Sable, Saule,
        Sommet, Source, Sud, Tilleul, Vallée, Vent, Verger"""),
    company_forms=("SA", "SARL", "SAS", "SNC", "et Fils", "et Associés", "Groupe", "Services"),
    country="FR",
    street=_street,
    postcode=_postcode,
    phone=_phone,
    account=_account,
)
