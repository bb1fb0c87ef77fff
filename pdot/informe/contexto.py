"""El contexto en cifras: el país a la fecha de la estrategia y lo que esta alcanzó.

Las cifras son las de `resumen`: aquí no se cuenta nada por otro camino.
"""

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.safestring import mark_safe

from acompanamiento.reparto import repartir
from talleres.models import Encuentro
from territorios.documentos import MARCA_DEL_DIA, contar_por_nivel
from territorios.texto import enumerar

from ..resumen import CIFRAS_DPA, resumir, resumir_parte
from .secciones import Seccion

REALIZADO, CANCELADO = Encuentro.Estado.REALIZADO, Encuentro.Estado.CANCELADO


def contexto(alcance):
    zona = alcance.zona.pk if alcance.zona else None
    cifras = resumir_parte(alcance.todos_los_grupos, alcance.encuentros, zona)
    gads, de_otra_zona = alcance.gads_propios, alcance.gads_de_otra_zona
    pais = resumir(alcance.corte)
    return {
        "corte": _dicho(alcance.corte),
        "pais": {clave: pais[clave] for clave in CIFRAS_DPA},
        "zonas": _zonas(alcance, pais["zonas"]),
        "cifras": cifras,
        "momentos": [
            (nombre, cifras["encuentros"]["por_tipo"][tipo])
            for tipo, nombre in Encuentro.Tipo.choices
        ],
        "estados": [
            (nombre.lower(), cifras["encuentros"]["por_estado"][estado])
            for estado, nombre in Encuentro.Estado.choices
            if cifras["encuentros"]["por_estado"][estado]
        ],
        "frase_gads": contar_por_nivel(gads),
        "cuantos_gads": len(gads),
        "provincias": _provincias(gads),
        "frase_de_otra_zona": contar_por_nivel(de_otra_zona),
        "cuantos_en_total": len(gads) + len(de_otra_zona),
        "grupos": grupos_en_cifras(alcance),
    }


def _dicho(corte):
    """La fecha; si es hoy, la marca de la emisión: otro día, sin cambios, es el mismo documento."""
    return mark_safe(MARCA_DEL_DIA) if corte == timezone.localdate() else corte


def grupos_en_cifras(alcance):
    """[Grupo] conformados con su `reparto`, sus encuentros y sus participantes declarados."""
    suyos = Q(encuentros__in=alcance.encuentros.values("pk"))
    vivos = suyos & ~Q(encuentros__estado=CANCELADO)
    grupos = list(
        alcance.grupos.annotate(
            cuantos_encuentros=Count("encuentros", filter=vivos, distinct=True),
            realizados=Count(
                "encuentros", filter=suyos & Q(encuentros__estado=REALIZADO), distinct=True
            ),
            declarados=Sum("encuentros__participantes_declarados", filter=vivos),
        )
    )
    repartos = repartir(grupos)
    for grupo in grupos:
        grupo.reparto = repartos[grupo.pk]
    return grupos


def _zonas(alcance, por_zona):
    """[(número, cifras)] de las zonas en que están esos GAD o que se piden."""
    numeros = {gad.territorio.zona_id for gad in alcance.gads} - {None}
    if alcance.zona:
        numeros.add(alcance.zona.pk)
    return [(numero, por_zona[str(numero)]) for numero in sorted(numeros)]


def _provincias(gads):
    return enumerar(sorted({gad.territorio.provincia.nombre for gad in gads}))


SECCION = Seccion("contexto", "Contexto en cifras", "pdot/informe/contexto.html", contexto)
