"""Mapa de la cobertura: cada cantón con el escalón que alcanzó su GAD municipal."""

from collections import Counter

from django.contrib.humanize.templatetags.humanize import intcomma

from territorios.mapas import ARENA, LAGUNA, MAR, MENTA, Conjunto, Estilo, Leyenda, dibujar
from territorios.models import Gad

from .embudo import enlace_a_filas
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
    Escalon.PLAN: {"relleno": MAR, "trama": "cruz"},
}
# Sobre el tono más oscuro el nombre va en claro.
OSCUROS = (Escalon.APROBADO, Escalon.PLAN)


def mapa_de_cobertura(territorio, elegidos, *, del_pais, filtro):
    """Los cantones de `territorio` encuadrados y, pintados, los de `elegidos`. Una consulta.

    Los dos son listas de GadCubierto ya marcados. `del_pais` muestra el país entero; `filtro` es el
    que dejó a `elegidos`. Cada celda lleva a la página de su GAD.
    """
    municipales = {gad.codigo: gad.escalon for gad in elegidos if gad.nivel == "municipales"}
    ventana = None if del_pais else {gad.codigo[:4] for gad in territorio}
    return mapa_de_escalones(municipales, ventana=ventana, filtro=filtro)


def mapa_de_escalones(escalones, *, ventana, filtro):
    """Los cantones de `escalones`, {código: Escalon}, pintados. Una consulta.

    `ventana`: los códigos que se encuadran; None muestra el país entero. `filtro`: el de la
    cobertura que deja esos GAD, para que cada cifra de la leyenda lleve a los suyos.
    """
    del_pais = ventana is None
    direccion = Gad.enlazador()

    def estilo(celda):
        escalon = escalones.get(celda.codigo)
        if escalon is None:
            return None
        return Estilo(
            **ASPECTO[escalon],
            titulo=f"{celda.nombre}: {escalon.label}",
            url=direccion(celda.codigo),
            etiqueta="" if del_pais else celda.nombre,
            oscuro=escalon in OSCUROS,
            # El borde separa lo propio de las celdas tenues de alrededor, también en gris.
            conjunto=None if del_pais else Conjunto(escalon, escalon.label),
        )

    cuenta = Counter(escalones.values())
    alcanzados = [escalon for escalon in ASPECTO if cuenta[escalon]]
    return dibujar(
        estilo,
        ventana=ventana,
        titulo="Hasta dónde llegó el acompañamiento en cada cantón",
        descripcion="Cada cantón, con el escalón más alto de su GAD municipal. "
        + "; ".join(f"{escalon.label}: {cuenta[escalon]}" for escalon in alcanzados),
        identificador="cobertura",
        leyenda=[
            Leyenda(
                f"{escalon.label}: {intcomma(cuenta[escalon])}",
                **ASPECTO[escalon],
                url=enlace_a_filas(**filtro | {"nivel": "municipales", "hasta": escalon.value}),
            )
            for escalon in alcanzados
        ],
    )
