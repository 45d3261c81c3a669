"""Invented data in Spanish. Telephone numbers begin with 4, as no number in Spain does."""

from __future__ import annotations

from headwater.toolkit.privacy.fake.words import Draw, Words, digits, listed


def _street(name: str, number: int) -> str:
    return f"{name}, {number}"


def _postcode(draw: Draw) -> str:
    return f"{1 + draw(52):02}{digits(draw, 3)}"


def _phone(draw: Draw) -> str:
    return f"+34 4{digits(draw, 2)} {digits(draw, 3)} {digits(draw, 3)}"


def _account(draw: Draw) -> str:
    return f"99{digits(draw, 8)}{digits(draw, 10)}"


WORDS = Words(
    first_names=listed("""
        Adela, Adrián, Alba, Alejandro, Alfonso, Alicia, Álvaro, Amparo, Ana, Andrés, Ángel, Antonio, Aurora,
        Beatriz, Blanca, Carla, Carlos, Carmen, Carolina, Celia, César, Clara, Claudia, Concha, Cristina,
        Daniel, David, Diego, Dolores, Eduardo, Elena, Emilio, Enrique, Esteban, Ester, Eugenia, Eva, Felipe,
        Félix, Fernando, Francisco, Gabriel, Gonzalo, Gloria, Guillermo, Hugo, Ignacio, Inés, Irene, Isabel,
        Iván, Jaime, Javier, Jesús, Joaquín, Jorge, José, Juan, Julia, Julio, Laura, Leonor, Lorenzo, Lucas,
        Lucía, Luis, Luisa, Manuel, Marcos, María, Mario, Marta, Martín, Mateo, Mercedes, Miguel, Mónica,
        Natalia, Nicolás, Noelia, Nuria, Óscar, Pablo, Paloma, Patricia, Pedro, Pilar, Rafael, Ramón, Raquel,
        Raúl, Ricardo, Roberto, Rocío, Rosa, Rubén, Sara, Sergio, Silvia, Sofía, Susana, Teresa, Tomás, Vicente,
        Víctor"""),
    last_names=listed("""
        Aguilar, Alonso, Álvarez, Arias, Benítez, Blanco, Bravo, Caballero, Cabrera, Calvo, Campos, Cano,
        Carmona, Carrasco, Castillo, Castro, Cortés, Crespo, Cruz, Delgado, Díaz, Díez, Domínguez, Durán,
        Esteban, Fernández, Ferrer, Flores, Fuentes, Gallardo, Gallego, García, Garrido, Gil, Giménez, Gómez,
        González, Guerrero, Gutiérrez, Hernández, Herrera, Herrero, Hidalgo, Ibáñez, Iglesias, Jiménez, León,
        López, Lorenzo, Lozano, Marín, Márquez, Martín, Martínez, Medina, Méndez, Molina, Montero, Mora,
        Morales, Moreno, Moya, Muñoz, Navarro, Nieto, Núñez, Ortega, Ortiz, Parra, Pascual, Peña, Pérez, Prieto,
        Ramírez, Ramos, Reyes, Rodríguez, Román, Romero, Rubio, Ruiz, Sáez, Sánchez, Santana, Santiago, Santos,
        Sanz, Serrano, Soler, Soto, Suárez, Torres, Vargas, Vázquez, Vega, Velasco, Vicente, Vidal"""),
    cities=listed("""
        Albacete, Alcoy, Algeciras, Almería, Antequera, Aranjuez, Arrecife, Ávila, Avilés, Badajoz, Baza,
        Benidorm, Burgos, Cáceres, Cádiz, Calahorra, Calatayud, Cartagena, Castellón, Ceuta, Ciudad Real,
        Cuenca, Denia, Écija, Elche, Ferrol, Figueres, Gandía, Getafe, Gijón, Girona, Guadalajara, Huelva,
        Huesca, Irún, Jaca, Jaén, Jerez, León, Linares, Lleida, Logroño, Lorca, Lugo, Manresa, Marbella, Mérida,
        Motril, Olot, Orense, Palencia, Ponferrada, Pontevedra, Requena, Reus, Ronda, Sagunto, Salamanca,
        Segovia, Soria, Talavera, Tarragona, Teruel, Toledo, Tudela, Úbeda, Utrera, Vigo, Zafra, Zamora"""),
    streets=listed("""
        Avenida de la Constitución, Avenida de la Paz, Avenida del Mar, Calle Alta, Calle Ancha,
        Calle Cervantes, Calle Colón, Calle de la Cruz, Calle de la Fuente, Calle de la Iglesia,
        Calle de la Luna, Calle de las Flores, Calle del Carmen, Calle del Mercado, Calle del Molino,
        Calle del Olivo, Calle del Pino, Calle del Pozo, Calle del Prado, Calle del Puente, Calle del Río,
        Calle del Rosario, Calle del Sol, Calle Goya, Calle Mayor, Calle Nueva, Calle Real, Calle San Juan,
        Calle San Pedro, Calle Santa Ana, Calle Velázquez, Camino Real, Camino Viejo, Paseo de la Alameda,
        Paseo Marítimo, Plaza de España, Plaza Mayor, Ronda Sur, Travesía del Arco"""),
    company_words=listed("""
        Águila, Alba, Alameda, Almendro, Ancla, Arroyo, Atlántico, Aurora, Bosque, Brisa, Cantera, Castaño,
        Cedro, Cobre, Colina, Coral, Cumbre, Delta, Duna, Encina, Estrella, Faro, Fuente, Granito, Halcón, Haya,
        Horizonte, Isla, Jara, Jardín, Lago, Laurel, Lince, Llanura, Luna, Marea, Meseta, Mirador, Molino,
        Monte, Nogal, Norte, Olivo, Olmo, Pinar, Pizarra, Plata, Pradera, Puente, Ribera, Río, Roble, Romero,
        Sabina, Sierra, Sol, Sur, Torre, Valle, Viento"""),
    company_forms=("S.A.", "S.L.", "S.L.U.", "e Hijos", "y Asociados", "Grupo", "Servicios", "Hermanos"),
    country="ES",
    street=_street,
    postcode=_postcode,
    phone=_phone,
    account=_account,
)
