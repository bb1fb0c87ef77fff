"""Las cifras del país: división político-administrativa en una fecha y avance del acompañamiento.

La fecha gobierna provincias, cantones, parroquias y GAD, porque la DPA cambia. Estrategias,
grupos, encuentros y evaluaciones se cuentan como están ahora.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from acompanamiento.models import Estrategia, Grupo, Membresia
from talleres.models import Encuentro, Traslado
from territorios.models import Gad, Territorio, Zona
from territorios.models.usuario import lector

from .models import Evaluacion

CIFRAS_DPA = ("provincias", "cantones", "parroquias_rurales", "gad")


@dataclass(frozen=True)
class Ambito:
    """Lo que se cuenta: todo, o lo de una zona."""

    zonas: QuerySet
    grupos: QuerySet
    encuentros: QuerySet
    traslados: QuerySet
    evaluaciones: QuerySet

    @classmethod
    def de(cls, zona):
        """El país si `zona` es None; si no, lo que toca a esa zona, como lo ve quien la observa."""
        quien = lector(zona)
        evaluaciones = Evaluacion.objects.all()
        if zona is not None:
            evaluaciones = evaluaciones.filter(pdot__gad__territorio__zona=zona)
        return cls(
            zonas=Zona.objects.filter(pk=zona.pk) if zona else Zona.objects.all(),
            grupos=Grupo.objects.visibles_para(quien),
            encuentros=Encuentro.objects.visibles_para(quien),
            traslados=Traslado.objects.visibles_para(quien),
            evaluaciones=evaluaciones,
        )


def resumir(fecha, zona=None):
    """Las cifras como diccionario listo para JSON, del país o de una zona.

    Doce consultas, haya lo que haya.
    """
    ambito = Ambito.de(zona)
    zonas = _por_zona(fecha, ambito)
    estrategias = _estrategias(ambito)
    return {
        "fecha": fecha.isoformat(),
        **{cifra: sum(zona[cifra] for zona in zonas.values()) for cifra in CIFRAS_DPA},
        "zonas": zonas,
        "grupos": sum(estrategia["grupos"] for estrategia in estrategias),
        "grupos_por_estado": _con_ceros(Grupo.Estado, _contar(ambito.grupos, "estado")),
        "encuentros": sum(estrategia["encuentros"]["total"] for estrategia in estrategias),
        "encuentros_por_estado": _con_ceros(Encuentro.Estado, _contar(ambito.encuentros, "estado")),
        "evaluaciones": _con_ceros(Evaluacion.Estado, _contar(ambito.evaluaciones, "estado")),
        "estrategias": estrategias,
    }


def _por_zona(fecha, ambito):
    """`{"1": {"provincias": 4, …}}`, con todas las zonas aunque alguna quede en cero."""
    numeros = list(ambito.zonas.order_by("numero").values_list("numero", flat=True))
    zonas = {str(numero): dict.fromkeys(CIFRAS_DPA, 0) for numero in numeros}
    cifra_de = {Territorio.Nivel.PROVINCIA: "provincias", Territorio.Nivel.CANTON: "cantones"}
    territorios = Territorio.objects.vigentes_en(fecha).filter(cabecera=False, zona__in=numeros)
    for (zona, nivel), cuantos in _contar(territorios, "zona", "nivel").items():
        zonas[str(zona)][cifra_de.get(nivel, "parroquias_rurales")] = cuantos
    gads = Gad.objects.vigentes_en(fecha).filter(territorio__zona__in=numeros)
    for zona, cuantos in _contar(gads, "territorio__zona").items():
        zonas[str(zona)]["gad"] = cuantos
    return zonas


def _estrategias(ambito):
    """Una entrada por estrategia, la más antigua primero."""
    grupos = _contar(ambito.grupos, "estrategia", "estado")
    gads = _gads_por_nivel(ambito.grupos)
    encuentros = _contar(ambito.encuentros, "estrategia", "tipo", "estado")
    declarados = _participantes_declarados(ambito.encuentros)
    traslados = _contar(ambito.traslados, "estrategia")
    return [
        {
            "codigo": estrategia.codigo,
            "nombre": estrategia.nombre,
            **_resumen_de_grupos(_solo_de(grupos, estrategia)),
            "gad": {nivel: gads[estrategia.pk, nivel] for nivel in Gad.NIVELES_DE},
            "encuentros": _resumen_de_encuentros(_solo_de(encuentros, estrategia)),
            "traslados": traslados[estrategia.pk],
            "participantes_declarados": declarados.get(estrategia.pk, 0),
        }
        for estrategia in Estrategia.objects.order_by("desde", "codigo")
    ]


def resumir_parte(grupos, encuentros):
    """Lo mismo que se dice de una estrategia, de parte de ella. Cuatro consultas.

    `grupos` y `encuentros`: QuerySet de los de una sola estrategia.
    """
    gads = Counter()
    for (_, nivel), cuantos in _gads_por_nivel(grupos).items():
        gads[nivel] += cuantos
    return {
        **_resumen_de_grupos(Counter({(e,): n for e, n in _contar(grupos, "estado").items()})),
        "gad": {nivel: gads[nivel] for nivel in Gad.NIVELES_DE},
        "encuentros": _resumen_de_encuentros(_contar(encuentros, "tipo", "estado")),
        "participantes_declarados": sum(_participantes_declarados(encuentros).values()),
    }


def _gads_por_nivel(grupos):
    """Miembros vigentes de grupos conformados, por estrategia y nivel. Quien está en dos cuenta
    uno.
    """
    cuentas = Counter()
    miembros = (
        Membresia.objects.acompanados()
        .filter(grupo__in=grupos.order_by())
        .order_by()
        .values_list("grupo__estrategia", "gad__nivel")
        .annotate(cuantos=Count("gad", distinct=True))
    )
    for estrategia, nivel, cuantos in miembros:
        cuentas[estrategia, Gad.COLUMNA[nivel]] += cuantos
    return cuentas


def _participantes_declarados(encuentros):
    """{estrategia: personas}; de lo que no dice ninguna cifra, cero."""
    realizados = encuentros.exclude(estado=Encuentro.Estado.CANCELADO).order_by()
    sumas = realizados.values_list("estrategia").annotate(Sum("participantes_declarados"))
    return {estrategia: suma or 0 for estrategia, suma in sumas}


def _resumen_de_grupos(por_estado):
    """`por_estado`: Counter de {(estado,): cuántos}. «grupos» son los ya conformados."""
    return {
        "grupos": sum(por_estado[(estado,)] for estado in Grupo.CONFORMADOS),
        "propuestos": por_estado[(Grupo.Estado.PROPUESTO,)],
        "cancelados": por_estado[(Grupo.Estado.CANCELADO,)],
    }


def _resumen_de_encuentros(cuentas):
    """`cuentas`: Counter de {(tipo, estado): cuántos}."""
    por_tipo, por_estado = Counter(), Counter()
    for (tipo, estado), cuantos in cuentas.items():
        por_tipo[tipo] += cuantos
        por_estado[estado] += cuantos
    return {
        "total": cuentas.total(),
        "por_tipo": _con_ceros(Encuentro.Tipo, por_tipo),
        "por_estado": _con_ceros(Encuentro.Estado, por_estado),
    }


def _contar(consulta, *campos):
    """Counter de filas por el valor de `campos`: la clave es el valor, o la tupla si son varios."""
    filas = consulta.order_by().values_list(*campos).annotate(cuantos=Count("pk"))
    return Counter({fila[0] if len(campos) == 1 else fila[:-1]: fila[-1] for fila in filas})


def _solo_de(cuentas, estrategia):
    """De un Counter con la estrategia al frente de la clave, lo suyo y sin ella."""
    suyas = {clave[1:]: n for clave, n in cuentas.items() if clave[0] == estrategia.pk}
    return Counter(suyas)


def _con_ceros(opciones, cuentas):
    return {str(valor): cuentas[valor] for valor in opciones.values}
