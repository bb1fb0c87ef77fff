"""Contornos de mentira para los cantones del elenco: cuadros de 100 unidades que se tocan."""

from datetime import date

from territorios.models import CapaLimites, Contorno
from tests.fabricas import CantonFactory, ProvinciaFactory

# (columna, fila) de cada cantón en una cuadrícula; Galápagos queda lejos, al oeste.
LUGARES = {"0801": (31, 2), "0807": (32, 2), "0803": (31, 3), "1317": (31, 4), "1303": (31, 5)}
ISLA = {"2001": (2, 4)}


def cuadro(columna, fila):
    """Trazo de un cuadro, como lo escribe `territorios.esquema.trazo`, y sus extremos."""
    x, y = columna * 100, fila * 100
    return f"m{x} {y}l100 0 0 100-100 0z", (x, y, x + 100, y + 100)


def cargar_contornos(lugares=LUGARES, **de_la_capa):
    """Deja en uso una capa con un cuadro por cantón, y la devuelve."""
    capa = CapaLimites.objects.create(
        **{
            "nombre": "Esquema",
            "fuente": "Coordenadas de la DPA",
            "fecha": date(2019, 4, 1),
            "esquematica": True,
            "en_uso": True,
            **de_la_capa,
        }
    )
    for codigo, lugar in lugares.items():
        trazo, (x0, y0, x1, y1) = cuadro(*lugar)
        Contorno.objects.create(
            capa=capa,
            territorio_id=codigo,
            trazo=trazo,
            izquierda=x0,
            arriba=y0,
            derecha=x1,
            abajo=y1,
        )
    return capa


def cargar_galapagos():
    """El cantón San Cristóbal, en la zona 1 del elenco, para el recuadro."""
    return CantonFactory(
        codigo="2001",
        nombre="San Cristóbal",
        padre=ProvinciaFactory(codigo="20", nombre="Galápagos"),
    )
