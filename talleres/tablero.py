"""El tablero de aportes de un encuentro: secciones, cúmulos y tarjetas."""

from dataclasses import dataclass, field

from .forms_aportes import SIN_PREGUNTA
from .models import CumuloAportes


@dataclass
class Seccion:
    """Lo que se dijo sobre una pregunta o un punto. `clave`: la de Aporte.seccion."""

    clave: str
    titulo: str
    tema: str = ""
    es_punto: bool = False
    tarjetas: list = field(default_factory=list)

    @property
    def montones(self):
        """[(cúmulo o None, [tarjetas])]: los cúmulos por antigüedad y, al final, lo suelto."""
        por_cumulo = {}
        for tarjeta in self.tarjetas:
            por_cumulo.setdefault(tarjeta.cumulo, []).append(tarjeta)
        sueltas = por_cumulo.pop(None, [])
        agrupadas = sorted(por_cumulo.items(), key=lambda par: par[0].pk)
        return [*agrupadas, (None, sueltas)]

    @property
    def se_ve(self):
        """Una pregunta espera sus tarjetas a la vista; un punto o lo demás, cuando las tienen."""
        return bool(self.tarjetas) or bool(self.clave and not self.es_punto)


def secciones_de(preguntas, puntos, tarjetas):
    """Las preguntas guía, los puntos de la agenda y lo que no es de ninguno, en ese orden."""
    secciones = [Seccion(f"q{p.pk}", p.texto, p.tema) for p in preguntas]
    secciones += [Seccion(f"p{p.pk}", p.titulo, es_punto=True) for p in puntos]
    secciones.append(Seccion("", SIN_PREGUNTA))
    por_clave = {seccion.clave: seccion for seccion in secciones}
    for tarjeta in tarjetas:
        por_clave.get(tarjeta.seccion, secciones[-1]).tarjetas.append(tarjeta)
    return secciones


def cambios_desde(encuentro, serie, usuario):
    """(tarjetas, cúmulos) del encuentro que cambiaron después de esa serie. Dos consultas."""
    tarjetas = encuentro.aportes.filter(serie__gt=serie).para_tablero(usuario)
    cumulos = CumuloAportes.objects.filter(encuentro=encuentro, serie__gt=serie)
    return list(tarjetas), list(cumulos)
