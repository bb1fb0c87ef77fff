"""Mapa de la cobertura: cada cantón con el escalón que alcanzó su GAD municipal."""

from collections import Counter

from territorios.mapas import ARENA, LAGUNA, MAR, MENTA, Conjunto, Estilo, Leyenda, dibujar

from .escalones import Escalon

# Cuatro tonos, de claro a oscuro, y una trama para el medio paso: en gris se distinguen igual.
ASPECTO = {
    Escalon.NUNCA: {"relleno": ARENA},
    Escalon.PROPUESTO: {"relleno": ARENA, "trama": "puntos"},
    Escalon.GRUPO: {"relleno": MENTA},
    Escalon.M2: {"relleno": MENTA, "trama": "diagonal"},
    Escalon.M3: {"relleno": LAGUNA},
    Escalon.EVALUADO: {"relleno": LAGUNA, "trama": "cuadros"},
    Escalon.APROBADO: {"relleno": MAR},
}


def mapa_de_cobertura(territorio, elegidos, *, del_pais):
    """Los cantones de `territorio` encuadrados y, pintados, los de `elegidos`. Una consulta.

    Los dos son listas de GadCubierto ya marcados. `del_pais` muestra el país entero. Cada celda
    lleva a la página de su GAD.
    """
    municipales = {gad.codigo: gad for gad in elegidos if gad.nivel == "municipales"}

    def estilo(celda):
        gad = municipales.get(celda.codigo)
        if gad is None:
            return None
        return Estilo(
            **ASPECTO[gad.escalon],
            titulo=f"{gad.nombre}: {gad.escalon.label}",
            url=gad.url,
            # Sobre el tono más oscuro un nombre no se lee: queda en el título y en la lista.
            etiqueta="" if del_pais or gad.escalon == Escalon.APROBADO else gad.nombre,
            # El borde separa lo propio de las celdas tenues de alrededor, también en gris.
            conjunto=None if del_pais else Conjunto(gad.escalon, gad.escalon.label),
        )

    cuenta = Counter(gad.escalon for gad in municipales.values())
    alcanzados = [escalon for escalon in ASPECTO if cuenta[escalon]]
    return dibujar(
        estilo,
        ventana=None if del_pais else {gad.codigo[:4] for gad in territorio},
        titulo="Hasta dónde llegó el acompañamiento en cada cantón",
        descripcion="Cada cantón, con el escalón más alto de su GAD municipal. "
        + "; ".join(f"{escalon.label}: {cuenta[escalon]}" for escalon in alcanzados),
        identificador="cobertura",
        leyenda=[
            Leyenda(f"{escalon.label}: {cuenta[escalon]}", **ASPECTO[escalon])
            for escalon in alcanzados
        ],
    )
