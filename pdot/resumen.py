"""Las cifras del país: división político-administrativa en una fecha y avance del acompañamiento.

La fecha gobierna provincias, cantones, parroquias y GAD, porque la DPA cambia. Estrategias,
grupos, encuentros y evaluaciones se cuentan como están ahora. Qué es lo de una zona lo dice
pdot.ambito.
"""

from collections import Counter

from django.db.models import Count, Q, Sum

from acompanamiento.models import Estrategia, Grupo, Membresia
from talleres.models import Encuentro
from territorios.models import Gad, Territorio, Zona
from territorios.models.usuario import lector

from .ambito import Ambito, lo_de
from .models import Evaluacion

CIFRAS_DPA = ("provincias", "cantones", "parroquias_rurales", "gad")


def resumir(fecha, zona=None):
    """Las cifras como diccionario listo para JSON, del país o de una zona.

    Siete consultas, haya lo que haya.
    """
    clave = zona.pk if zona else None
    ambito = Ambito.de(lector(zona), clave)
    # Se cuentan en todos sus estados, también los que quien observa no lee uno por uno.
    evaluaciones = lo_de(clave, Evaluacion.objects.all())
    zonas = _por_zona(fecha, zona)
    grupos = _contar(ambito.grupos, "estrategia", "estado")
    encuentros, declarados = _contar_encuentros(ambito.encuentros)
    estrategias = _estrategias(ambito, clave, grupos, encuentros, declarados)
    return {
        "fecha": fecha.isoformat(),
        **{cifra: sum(zona[cifra] for zona in zonas.values()) for cifra in CIFRAS_DPA},
        "zonas": zonas,
        "grupos": sum(estrategia["grupos"] for estrategia in estrategias),
        "grupos_por_estado": _con_ceros(Grupo.Estado, _por_estado(grupos)),
        "encuentros": sum(estrategia["encuentros"]["total"] for estrategia in estrategias),
        "encuentros_por_estado": _con_ceros(Encuentro.Estado, _por_estado(encuentros)),
        "evaluaciones": _con_ceros(Evaluacion.Estado, _contar(evaluaciones, "estado")),
        "estrategias": estrategias,
    }


def _por_zona(fecha, zona):
    """`{"1": {"provincias": 4, …}}`, con todas las zonas aunque alguna quede en cero."""
    pedidas = Zona.objects.filter(pk=zona.pk) if zona else Zona.objects.all()
    numeros = list(pedidas.order_by("numero").values_list("numero", flat=True))
    zonas = {str(numero): dict.fromkeys(CIFRAS_DPA, 0) for numero in numeros}
    cifra_de = {Territorio.Nivel.PROVINCIA: "provincias", Territorio.Nivel.CANTON: "cantones"}
    # El GAD de una parroquia, un cantón o una provincia existe mientras existe su territorio.
    territorios = Territorio.objects.vigentes_en(fecha).filter(zona__in=numeros).order_by()
    cuentas = territorios.values_list("zona", "nivel", "cabecera").annotate(
        Count("pk"), Count("gad")
    )
    for zona, nivel, cabecera, cuantos, gads in cuentas:
        zonas[str(zona)]["gad"] += gads
        if not cabecera:
            zonas[str(zona)][cifra_de.get(nivel, "parroquias_rurales")] += cuantos
    return zonas


def _estrategias(ambito, zona, grupos, encuentros, declarados):
    """Una entrada por estrategia, la más antigua primero."""
    gads = _gads_por_nivel(ambito.grupos, zona)
    traslados = Count("traslados", filter=Q(traslados__in=ambito.traslados.order_by()))
    estrategias = Estrategia.objects.order_by("desde", "codigo").annotate(n=traslados)
    return [
        {
            "codigo": codigo,
            "nombre": nombre,
            **_resumen_de_grupos(_solo_de(grupos, pk)),
            **_resumen_de_gads(_solo_de(gads, pk)),
            "encuentros": _resumen_de_encuentros(_solo_de(encuentros, pk)),
            "traslados": cuantos,
            "participantes_declarados": declarados[pk],
        }
        for pk, codigo, nombre, cuantos in estrategias.values_list("pk", "codigo", "nombre", "n")
    ]


def resumir_parte(grupos, encuentros, zona=None):
    """Lo mismo que se dice de una estrategia, de parte de ella. Tres consultas.

    `grupos` y `encuentros`: QuerySet de los de una sola estrategia. `zona`: la clave, si es lo de
    una.
    """
    gads = Counter()
    for (_, *clave), cuantos in _gads_por_nivel(grupos, zona).items():
        gads[tuple(clave)] += cuantos
    cuentas, declarados = _contar_encuentros(encuentros)
    return {
        **_resumen_de_grupos(Counter({(e,): n for e, n in _contar(grupos, "estado").items()})),
        **_resumen_de_gads(gads),
        "encuentros": _resumen_de_encuentros(
            Counter({(tipo, estado): n for (_, tipo, estado), n in cuentas.items()})
        ),
        "participantes_declarados": declarados.total(),
    }


def _gads_por_nivel(grupos, zona):
    """Counter de {(estrategia, si son de otra zona, nivel): cuántos} miembros de hoy.

    Son los de grupos ya conformados, y quien está en dos cuenta uno. Sin `zona`, ninguno es de
    otra.
    """
    cuentas = Counter()
    miembros = (
        Membresia.objects.acompanados()
        .filter(grupo__in=grupos.order_by())
        .order_by()
        .values_list("grupo__estrategia", "gad__territorio__zona", "gad__nivel")
        .annotate(cuantos=Count("gad", distinct=True))
    )
    for estrategia, suya, nivel, cuantos in miembros:
        cuentas[estrategia, zona not in (None, suya), Gad.COLUMNA[nivel]] += cuantos
    return cuentas


def _contar_encuentros(encuentros):
    """(Counter por estrategia, tipo y estado; Counter de personas declaradas por estrategia).

    De lo cancelado no se cuentan personas. Una consulta.
    """
    cuentas, declarados = Counter(), Counter()
    filas = encuentros.order_by().values_list("estrategia", "tipo", "estado")
    for *clave, cuantos, personas in filas.annotate(Count("pk"), Sum("participantes_declarados")):
        cuentas[tuple(clave)] = cuantos
        if clave[-1] != Encuentro.Estado.CANCELADO:
            declarados[clave[0]] += personas or 0
    return cuentas, declarados


def _resumen_de_grupos(por_estado):
    """`por_estado`: Counter de {(estado,): cuántos}. «grupos» son los ya conformados."""
    return {
        "grupos": sum(por_estado[(estado,)] for estado in Grupo.CONFORMADOS),
        "propuestos": por_estado[(Grupo.Estado.PROPUESTO,)],
        "cancelados": por_estado[(Grupo.Estado.CANCELADO,)],
    }


def _resumen_de_gads(cuentas):
    """`cuentas`: Counter de {(si son de otra zona, nivel): cuántos}."""
    return {
        nombre: {nivel: cuentas[de_otra, nivel] for nivel in Gad.NIVELES_DE}
        for nombre, de_otra in (("gad", False), ("gad_de_otra_zona", True))
    }


def _resumen_de_encuentros(cuentas):
    """`cuentas`: Counter de {(tipo, estado): cuántos}."""
    por_tipo = Counter()
    for (tipo, _), cuantos in cuentas.items():
        por_tipo[tipo] += cuantos
    return {
        "total": cuentas.total(),
        "por_tipo": _con_ceros(Encuentro.Tipo, por_tipo),
        "por_estado": _con_ceros(Encuentro.Estado, _por_estado(cuentas)),
    }


def _contar(consulta, *campos):
    """Counter de filas por el valor de `campos`: la clave es el valor, o la tupla si son varios."""
    filas = consulta.order_by().values_list(*campos).annotate(cuantos=Count("pk"))
    return Counter({fila[0] if len(campos) == 1 else fila[:-1]: fila[-1] for fila in filas})


def _solo_de(cuentas, estrategia):
    """De un Counter con la estrategia al frente de la clave, lo suyo y sin ella."""
    return Counter({clave[1:]: n for clave, n in cuentas.items() if clave[0] == estrategia})


def _por_estado(cuentas):
    """De un Counter con el estado al final de la clave, cuántos en cada uno."""
    estados = Counter()
    for clave, cuantos in cuentas.items():
        estados[clave[-1]] += cuantos
    return estados


def _con_ceros(opciones, cuentas):
    return {str(valor): cuentas[valor] for valor in opciones.values}
